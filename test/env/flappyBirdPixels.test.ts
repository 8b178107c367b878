import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { untimedFlappyBird } from '../../src/env/flappyBird.ts'
import { type FlappyBirdState, type Pipe } from '../../src/env/flappyBirdGame.ts'
import { flappyBirdPixels, untimedFlappyBirdPixels } from '../../src/env/flappyBirdPixels.ts'
import { key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { survivor } from '../support/flappyBird.ts'

const KEY = key(0)
const ROWS = 51
const COLUMNS = 18

/** The picture as its rows of characters. */
const picture = (state: FlappyBirdState): readonly string[] => {
  const seen = untimedFlappyBirdPixels.observe(state)
  return Array.from({ length: ROWS }, (_, r) => seen.slice(r * COLUMNS, (r + 1) * COLUMNS).join(''))
}

/** Whether the point is in the bird or a pipe. */
const solid = ({ y, pipes }: FlappyBirdState, px: number, py: number): boolean =>
  (px >= 57 && px < 91 && py >= y && py < y + 24) ||
  pipes.some(
    ({ x, gapTop, gapHeight }) =>
      px >= x && px < x + 52 && (py < gapTop || py >= gapTop + gapHeight),
  )

const pipe = fc.record({
  x: fc.integer({ min: -56, max: 432 }),
  gapTop: fc.integer({ min: 10, max: 17 }).map((n) => 10 * n),
  gapHeight: fc.integer({ min: 80, max: 120 }),
})

describe('the picture', () => {
  test.prop([fc.integer({ min: 0, max: 379 }), fc.array(pipe, { maxLength: 3 })])(
    'is 1 exactly where a block’s centre is in the bird or a pipe',
    (y, pipes) => {
      const state = { y, velocity: 0, pipes }
      const seen = untimedFlappyBirdPixels.observe(state)
      expect(seen.length).toBe(ROWS * COLUMNS)
      seen.forEach((v, i) => {
        const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS]
        const expected = solid(state, 16 * column + 8, 8 * row + 4) ? 1 : 0
        if (v !== expected) expect.fail(`row ${row}, column ${column}: ${v}`)
      })
    },
  )

  const EMPTY = '0'.repeat(18)
  const rows = (count: number, row: string) => Array.from({ length: count }, () => row)
  const alone = (y: number) => picture({ y, velocity: 0, pipes: [] })
  const BIRD = '000011000000000000'

  test.each([
    ['at the top', 0, 0],
    ['its upper edge at a centre', 4, 0],
    ['a pixel below that', 5, 1],
    ['at the start', 244, 30],
    ['on the ground', 380.48, 48],
  ])('the bird is 2 columns by 3 rows: %s, y = %d from row %d', (_, y, row) => {
    expect(alone(y)).toEqual([...rows(row, EMPTY), ...rows(3, BIRD), ...rows(48 - row, EMPTY)])
  })

  test('a pipe is 3 or 4 columns, its gap 10 to 15 rows; off the screen there is none', () => {
    const bottomless = (p: Pipe) => picture({ y: 380.48, velocity: 0, pipes: [p] }).slice(0, 48)
    const at = (x: number) => bottomless({ x, gapTop: 100, gapHeight: 80 })
    const gap = (row: string) => [...rows(12, row), ...rows(10, EMPTY), ...rows(26, row)]
    expect(at(116)).toEqual(gap('000000011100000000'))
    expect(at(117)).toEqual(gap('000000011110000000'))
    expect(at(120)).toEqual(gap('000000011110000000'))
    expect(at(121)).toEqual(gap('000000001110000000'))
    expect(at(-44)).toEqual(rows(48, EMPTY))
    expect(at(-43)).toEqual(gap('100000000000000000'))
    expect(at(280)).toEqual(gap('000000000000000001'))
    expect(at(281)).toEqual(rows(48, EMPTY))
    expect(bottomless({ x: 116, gapTop: 100, gapHeight: 120 })[26]).toBe(EMPTY)
    expect(bottomless({ x: 116, gapTop: 100, gapHeight: 120 })[27]).toBe('000000011100000000')
  })

  test('hides nothing of a bird behind the pipe that it flies through', () => {
    const through = survivor(4, 400)
      .map(({ after }) => after)
      .filter(({ pipes }) => pipes.some(({ x }) => x < 91 && x + 52 > 57))
    expect(through.length).toBeGreaterThan(200)
    for (const state of through) {
      const pipes = picture({ ...state, y: 380 }).slice(0, 48)
      const row = alone(state.y).indexOf(BIRD)
      expect(pipes.slice(row, row + 3).map((text) => text.slice(4, 6))).toEqual(rows(3, '00'))
    }
  })
})

describe('flappyBirdPixels', () => {
  test('is the same environment: states, rewards and ends, frame for frame', () => {
    for (const { before, action, key: stepKey, outcome, after } of survivor(3, 300))
      expect(untimedFlappyBirdPixels.step(action, stepKey)(before)).toEqual([outcome, after])
    expect(untimedFlappyBirdPixels.init(key(9))).toEqual(untimedFlappyBird.init(key(9)))
  })

  test('shows the frame before and this one, the first of them twice', () => {
    const life = survivor(5, 60)
    let state = flappyBirdPixels.init(key(5))
    const first = untimedFlappyBirdPixels.observe(life[0]!.before)
    expect(flappyBirdPixels.observe(state)).toEqual([...first, ...first])
    for (const { before, action, key: stepKey, after } of life) {
      state = flappyBirdPixels.step(action, stepKey)(state)[1]
      expect(flappyBirdPixels.observe(state)).toEqual([
        ...untimedFlappyBirdPixels.observe(before),
        ...untimedFlappyBirdPixels.observe(after),
      ])
    }
  })

  test('is cut off after exactly 10,000 frames', () => {
    const state = { ...flappyBirdPixels.init(KEY), elapsed: 9998 }
    const [outcome, last] = flappyBirdPixels.step(0, KEY)(state)
    expect(outcome.truncated).toBe(false)
    expect(flappyBirdPixels.step(0, KEY)(last)[0]).toMatchObject({
      terminated: false,
      truncated: true,
    })
  })

  test('says what it sees and takes: 2 × 918 bits, two actions', () => {
    const { name, actionSpace, observationSpace } = flappyBirdPixels
    expect([name, untimedFlappyBirdPixels.name]).toEqual([
      'flappy-bird-pixels',
      'flappy-bird-pixels',
    ])
    expect(actionSpace).toEqual({ kind: 'discrete', n: 2 })
    expect(observationSpace.size).toBe(1836)
    expect(new Set(observationSpace.low)).toEqual(new Set([0]))
    expect(new Set(observationSpace.high)).toEqual(new Set([1]))
  })

  test('leaves its state as it is', () => {
    const state = flappyBirdPixels.init(key(1))
    expectPure((s: typeof state) => flappyBirdPixels.step(1, KEY)(s), state)
    expectPure(flappyBirdPixels.observe, state)
  })
})

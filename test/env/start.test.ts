import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import { parts } from '../../src/algo/ppo/index.ts'
import { actor } from '../../src/algo/actor.ts'
import {
  box,
  choices,
  discrete,
  multiDiscrete,
  reader,
  tuple,
  vectorise,
  type Element,
  type Environment,
  type MultiDiscrete,
  type Space,
} from '../../src/env/index.ts'
import { init } from '../../src/algo/ppo/index.ts'
import { columnsOf } from '../../src/run/episode/packed.ts'
import { key } from '../../src/random/index.ts'
import { of } from '../../src/tensor/index.ts'
import { small } from '../support/runs.ts'

const counts = fc.integer({ min: 1, max: 5 })
const starts = fc.integer({ min: -9, max: 9 })

/** Pays its action; a closed choice is the first. */
const payday = <A extends Space>(actionSpace: A, pay: (action: Element<A>) => number) =>
  ({
    name: 'payday',
    observationSpace: box(1, 0, 1),
    actionSpace,
    init: () => 0,
    step: (action) => (state) => [
      { reward: pay(action), terminated: true, truncated: false },
      state,
    ],
    observe: (state) => [state],
    actionMask: () => Array.from({ length: choices(actionSpace) }, (_, c) => c > 0),
  }) as Environment<number, A>

describe('choices that begin elsewhere than at 0', () => {
  test.prop([counts, starts])('are start + index of a discrete space', (n, start) => {
    const read = reader(discrete(n, start), 'none')
    for (let c = 0; c < n; c++) expect(read([c], 0)).toBe(start + c)
    expect(() => read([n], 0)).toThrow(`expected a whole number from 0 to ${n - 1}, got ${n}`)
  })

  test.prop([fc.array(fc.tuple(counts, starts), { minLength: 1, maxLength: 4 })])(
    'are start + index of each entry of a multi-discrete one',
    (all) => {
      const sizes = all.map(([n]) => n)
      const from = all.map(([, start]) => start)
      const read = reader(multiDiscrete(sizes, from), 'none')
      expect(
        read(
          sizes.map((n) => n - 1),
          0,
        ),
      ).toEqual(all.map(([n, start]) => start + n - 1))
    },
  )

  test('are those of the parts of a tuple', () => {
    const space = tuple([discrete(3, 1), multiDiscrete([2, 3], [5, -1]), box(2, -1, 1)])
    expect(reader(space, 'clip')([2, 1, 0, 0.5, 7], 0)).toEqual([3, [6, -1], [0.5, 1]])
    expect(() => reader(space, 'none')([2, 1, 3, 0, 0], 0)).toThrow(
      'entry 1: entry 1: expected a whole number from 0 to 2, got 3',
    )
    expect(columnsOf(space, 'f32')).toEqual([3, 2, 3, 'f32', 'f32'])
  })

  test('are what an environment receives, with and without a mask', () => {
    const env = payday(discrete(3, 5), (action) => action)
    const worlds = vectorise(env, 3)
    const world = worlds.init(key(1))
    const [{ reward }] = worlds.step(of(['env'], [3], Int32Array.of(0, 1, 2)))(world)
    expect(reward).toEqual(of(['env'], [3], Float32Array.of(5, 6, 7)))
    expect(worlds.actionMask(world)).toEqual(
      of(['env', 'choice'], [3, 3], Uint8Array.of(0, 1, 1, 0, 1, 1, 0, 1, 1)),
    )
  })

  test('are what an actor answers', () => {
    const env = payday(discrete(3, 5), (action) => action)
    const all = parts(small, env)
    const act = actor(all, init(all)(key(1)).learner)
    expect([6, 7]).toContain(act([0], { mask: [false, true, true] }))
    expect(act([0], { mask: [true, false, false] })).toBe(5)
  })

  test('have their types, where n and start are literals', () => {
    expectTypeOf<Element<ReturnType<typeof one>>>().toEqualTypeOf<1 | 2 | 3>()
    expectTypeOf<Element<ReturnType<typeof around>>>().toEqualTypeOf<-1 | 0 | 1>()
    expectTypeOf<Element<ReturnType<typeof below>>>().toEqualTypeOf<-3 | -2>()
    expectTypeOf<Element<ReturnType<typeof several>>>().toEqualTypeOf<readonly [0 | 1, 5 | 6 | 7]>()
    expectTypeOf<Element<MultiDiscrete<readonly [2, 3]>>>().toEqualTypeOf<
      readonly [0 | 1, 0 | 1 | 2]
    >()
    expectTypeOf<Element<ReturnType<typeof many>>>().toEqualTypeOf<number>()
    expectTypeOf<Element<ReturnType<typeof late>>>().toEqualTypeOf<number>()
    expectTypeOf<Element<ReturnType<typeof both>>>().toEqualTypeOf<
      readonly [1 | 2, readonly number[]]
    >()
  })

  test('are absent from a space where they begin at 0', () => {
    expect(discrete(3, 0)).toStrictEqual(discrete(3))
    expect(multiDiscrete([2, 3], [0, 0])).toStrictEqual(multiDiscrete([2, 3]))
  })

  test.each<[() => unknown, string]>([
    [() => discrete(3, 0.5), 'start: expected a whole number, got 0.5'],
    [() => discrete(3, NaN), 'start: expected a whole number, got NaN'],
    [() => discrete(3, 2 ** 53 - 2), 'start: expected a whole number, got 9007199254740990'],
    [() => multiDiscrete([2], [0, 1]), 'start: expected 1 numbers, got 2'],
    [() => multiDiscrete([2, 2], [0, 1.5]), 'start[1]: expected a whole number, got 1.5'],
    [() => tuple([]), 'spaces: expected at least one space, got none'],
  ])('%s is refused', (make, message) => {
    expect(make).toThrow(new RangeError(message))
  })
})

const one = () => discrete(3, 1)
const around = () => discrete(3, -1)
const below = () => discrete(2, -3)
const several = () => multiDiscrete([2, 3], [0, 5])
const many = () => discrete(1000, 1)
const late = () => discrete(2, 1e6)
const both = () => tuple([discrete(2, 1), box(1, 0, 1)])

describe('the bounds of a box', () => {
  test.prop([counts, fc.double({ noNaN: true }), fc.double({ noNaN: true })])(
    'may be one number for all entries',
    (size, a, b) => {
      const [low, high] = a <= b ? [a, b] : [b, a]
      const all = (x: number): number[] => Array.from({ length: size }, () => x)
      expect(box(size, low, high)).toStrictEqual(box(size, all(low), all(high)))
    },
  )

  test('may lie in a typed array, and are plain numbers then', () => {
    expect(box(2, Int8Array.of(-1, -2), 3)).toStrictEqual(box(2, [-1, -2], [3, 3]))
  })

  test('are refused the wrong way round', () => {
    expect(() => box(2, 1, 0)).toThrow('low[0]: expected a number <= high[0] = 0, got 1')
    expect(() => box(2, NaN, 0)).toThrow('low[0]: expected a number <= high[0] = 0, got NaN')
  })
})

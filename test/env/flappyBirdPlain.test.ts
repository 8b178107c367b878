import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { builtIns } from '../../src/builtin/index.ts'
import { contains } from '../../src/env/index.ts'
import { untimedFlappyBird } from '../../src/env/flappyBird.ts'
import { flappyBirdPlain, untimedFlappyBirdPlain } from '../../src/env/flappyBirdPlain.ts'
import { key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { survivor } from '../support/flappyBird.ts'

const { observe, observationSpace } = untimedFlappyBirdPlain

describe('what is seen', () => {
  test('is height, velocity, and of the next two pipes x and the heights of the gap', () => {
    const pipes = [
      { x: 5, gapTop: 100, gapHeight: 80 },
      { x: 108, gapTop: 190.24, gapHeight: 95.12 },
      { x: 252, gapTop: 95.12, gapHeight: 95.12 },
    ]
    expectClose(
      observe({ y: 285.36, velocity: -9, pipes }),
      [0.5, -0.9, -0.25, 0, 0.5, 0.75, -0.5, 0],
      1e-12,
      1e-12,
    )
  })

  const life = survivor(1, 200)

  test('is within its bounds all along', () => {
    for (const { after } of life) expect(contains(observationSpace, observe(after))).toBeNull()
  })

  test.prop([fc.nat({ max: 199 }), fc.integer({ min: -9, max: 10 })])(
    'shows the velocity in one number only: no other says what it leads to',
    (frame, velocity) => {
      const { before } = life[frame]!
      const seen = observe({ ...before, velocity })
      expect(seen).toEqual(observe(before).map((x, i) => (i === 1 ? velocity / 10 : x)))
    },
  )
})

describe('flappyBirdPlain', () => {
  test('is the same game: states, rewards and ends, frame for frame', () => {
    for (const { before, action, key: stepKey, outcome, after } of survivor(3, 300))
      expect(untimedFlappyBirdPlain.step(action, stepKey)(before)).toEqual([outcome, after])
    expect(untimedFlappyBirdPlain.init(key(9))).toEqual(untimedFlappyBird.init(key(9)))
  })

  test('is cut off after exactly 10,000 frames', () => {
    const state = { ...flappyBirdPlain.init(key(0)), elapsed: 9999 }
    expect(flappyBirdPlain.step(0, key(0))(state)[0]).toMatchObject({
      terminated: false,
      truncated: true,
    })
  })

  test('is trained as by its features', () => {
    expect(builtIns['flappy-bird-plain'].preset).toEqual(builtIns['flappy-bird'].preset)
  })

  test('leaves its state as it is', () => {
    const state = flappyBirdPlain.init(key(1))
    expectPure((s: typeof state) => flappyBirdPlain.step(1, key(0))(s), state)
    expectPure(flappyBirdPlain.observe, state)
  })
})

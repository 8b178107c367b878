import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import { cartPole, type Discrete } from '../../../src/env/index.ts'
import { rewardScale } from '../../../src/env/wrapper/rewardScale.ts'
import { key } from '../../../src/random/index.ts'
import { dice } from '../../support/worlds.ts'

describe('rewardScale', () => {
  test.prop([fc.nat(), fc.double({ min: -1e9, max: 1e9, noNaN: true })])(
    'multiplies rewards, and changes nothing else',
    (seed, factor) => {
      const world = rewardScale(factor)(dice)
      const state = dice.init(key(seed))
      const [outcome, next] = dice.step(2, key(seed + 1))(state)
      expect(world.step(2, key(seed + 1))(state)).toEqual([
        { ...outcome, reward: factor * outcome.reward },
        next,
      ])
      expect({ ...world, step: null }).toEqual({ ...dice, step: null })
    },
  )

  test('by −0.5 makes 1 a cost of a half', () => {
    const world = rewardScale(-0.5)(cartPole)
    expect(world.step(0, key(0))(world.init(key(0)))[0].reward).toBe(-0.5)
    expectTypeOf(world.actionSpace).toEqualTypeOf<Discrete<2>>()
  })

  test.each([NaN, Infinity, -Infinity])('%s is no factor', (factor) => {
    expect(() => rewardScale(factor)).toThrow(
      new RangeError(`factor: expected a finite number, got ${factor}`),
    )
  })
})

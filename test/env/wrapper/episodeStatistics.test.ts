import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import { cartPole, type Discrete } from '../../../src/env/index.ts'
import { autoReset } from '../../../src/env/wrapper/autoReset.ts'
import { episodeStatistics } from '../../../src/env/wrapper/episodeStatistics.ts'
import { foldIn, key } from '../../../src/random/index.ts'
import { closing, spaces, walk } from '../../support/spaces.ts'
import { corridor, dice } from '../../support/worlds.ts'

describe('episodeStatistics', () => {
  test.prop([fc.nat(), fc.array(fc.constantFrom<0 | 1 | 2>(0, 1, 2), { maxLength: 20 })])(
    'keeps the sum of rewards and the number of steps, and changes nothing else',
    (seed, actions) => {
      const world = episodeStatistics(dice)
      let plain = dice.init(key(seed))
      let counted = world.init(key(seed))
      let sum = 0
      expect(counted).toEqual({ return: 0, length: 0, state: plain })
      actions.forEach((action, t) => {
        const [outcome, next] = dice.step(action, foldIn(key(seed), t))(plain)
        const [same, after] = world.step(action, foldIn(key(seed), t))(counted)
        sum += outcome.reward
        expect(same).toEqual(outcome)
        expect(after).toEqual({ return: sum, length: t + 1, state: next })
        expect(world.observe(after)).toEqual(dice.observe(next))
        plain = next
        counted = after
      })
      const { name, actionSpace, observationSpace } = world
      expect({ name, actionSpace, observationSpace }).toEqual({
        name: dice.name,
        actionSpace: dice.actionSpace,
        observationSpace: dice.observationSpace,
      })
    },
  )

  test('says under autoReset what an episode was worth', () => {
    const world = autoReset('sameStep')(episodeStatistics(corridor))
    const [, second] = world.step(0, key(0))(world.init(key(0)))
    const [, next] = world.step(0, key(0))(second)
    expect(next.final).toEqual({ return: 1, length: 2, state: 1 })
    expect(next.state).toEqual({ return: 0, length: 0, state: 0 })
  })

  test('keeps the type of actions, and the mask', () => {
    expectTypeOf(episodeStatistics(cartPole).actionSpace).toEqualTypeOf<Discrete<2>>()
    expect('actionMask' in episodeStatistics(cartPole)).toBe(false)
    const masked = episodeStatistics(walk(spaces.discrete, closing(spaces.discrete)))
    const state = { place: 0, age: 1 }
    expect(masked.actionMask!({ return: 3, length: 1, state })).toEqual([true, true, false])
  })
})

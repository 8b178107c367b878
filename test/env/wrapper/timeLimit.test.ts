import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { timeLimit } from '../../../src/env/index.ts'
import { key } from '../../../src/random/index.ts'
import { corridor, dice, pension } from '../../support/worlds.ts'

describe('timeLimit', () => {
  test.prop([fc.integer({ min: 1, max: 20 })])(
    'cuts an endless life off at its last step, and not before',
    (limit) => {
      const world = timeLimit(limit)(pension)
      let state = world.init(key(0))
      for (let t = 1; t <= limit; t++) {
        const [outcome, next] = world.step(0, key(t))(state)
        expect(outcome).toEqual({ reward: 1, terminated: false, truncated: t === limit })
        state = next
      }
    },
  )

  test('a life that ends before is left alone, and one that ends just then has ended', () => {
    const life = (limit: number) => {
      const world = timeLimit(limit)(corridor)
      const [first, state] = world.step(0, key(0))(world.init(key(0)))
      const [second] = world.step(0, key(0))(state)
      return [first, second].map(({ terminated, truncated }) => [terminated, truncated])
    }
    expect(life(3)).toEqual([
      [false, false],
      [true, false],
    ])
    expect(life(2)[1]![0]).toBe(true)
    expect(life(1)[0]).toEqual([false, true])
  })

  test.prop([fc.nat(), fc.constantFrom<0 | 1 | 2>(0, 1, 2)])(
    'changes nothing else: states, rewards, observations, and cuts of the environment itself',
    (seed, action) => {
      const world = timeLimit(1000)(dice)
      const [plain, timed] = [dice.init(key(seed)), world.init(key(seed))]
      expect(world.observe(timed)).toEqual(dice.observe(plain))
      const [outcome, next] = dice.step(action, key(seed + 1))(plain)
      const [timedOutcome, timedNext] = world.step(action, key(seed + 1))(timed)
      expect(timedOutcome).toEqual(outcome)
      expect(world.observe(timedNext)).toEqual(dice.observe(next))
      expect([world.name, world.actionSpace, world.observationSpace]).toEqual([
        dice.name,
        dice.actionSpace,
        dice.observationSpace,
      ])
    },
  )

  test.each([0, -1, 1.5, NaN, Infinity])('%d is no limit', (limit) => {
    expect(() => timeLimit(limit)).toThrow(
      new RangeError(`limit: expected a whole number >= 1, got ${limit}`),
    )
  })
})

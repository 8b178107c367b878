import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { box, type Environment } from '../../../src/env/index.ts'
import { frameStack } from '../../../src/env/wrapper/frameStack.ts'
import { key } from '../../../src/random/index.ts'
import { expectPure } from '../../law/purity.ts'
import { dice, type Dice } from '../../support/worlds.ts'

type Choice = 0 | 1 | 2

const masked: Environment<Dice, typeof dice.actionSpace> = {
  ...dice,
  observationSpace: box(2, [-100, 0], [50, Infinity]),
  actionMask: ({ place, age }) => [place > 0, age % 2 === 0, true],
}

/** Every state of a life, from the first on. */
const lived = <S>(env: Environment<S, typeof dice.actionSpace>, seed: number, choices: Choice[]) =>
  choices.reduce(
    (states, action, t) => [...states, env.step(action, key(seed + t))(states.at(-1)!)[1]],
    [env.init(key(seed))],
  )

const counts = fc.integer({ min: 1, max: 5 })
const lives = fc.array(fc.constantFrom<Choice>(0, 1, 2), { maxLength: 8 })

describe('frameStack', () => {
  test.prop([counts, fc.nat(1000), lives])(
    'shows the last k observations, oldest first, the first in place of those before it',
    (k, seed, choices) => {
      const plain = lived(dice, seed, choices).map((state) => dice.observe(state))
      const env = frameStack(k)(dice)
      lived(env, seed, choices).forEach((state, t) => {
        const expected = Array.from({ length: k }, (_, i) => plain[Math.max(t - k + 1 + i, 0)]!)
        expect(env.observe(state)).toEqual(expected.flat())
      })
    },
  )

  test.prop([fc.integer({ min: 2, max: 5 }), fc.nat(1000), lives])(
    'shifts: each step drops the oldest frame and appends the new one',
    (k, seed, choices) => {
      const env = frameStack(k)(dice)
      const seen = lived(env, seed, choices).map((state) => env.observe(state))
      const plain = lived(dice, seed, choices).map((state) => dice.observe(state))
      for (let t = 1; t < seen.length; t++)
        expect(seen[t]).toEqual([...seen[t - 1]!.slice(2), ...plain[t]!])
    },
  )

  test.prop([fc.nat(1000), lives])('of 1 shows what the environment shows', (seed, choices) => {
    const env = frameStack(1)(dice)
    expect(lived(env, seed, choices).map((state) => env.observe(state))).toEqual(
      lived(dice, seed, choices).map((state) => dice.observe(state)),
    )
    expect(env.observationSpace).toEqual(dice.observationSpace)
  })

  test.prop([counts, fc.nat(1000), fc.constantFrom<Choice>(0, 1, 2)])(
    'changes nothing else: outcomes, states, name, actions and what may be done',
    (k, seed, action) => {
      const env = frameStack(k)(masked)
      const [plain, stacked] = [masked.init(key(seed)), env.init(key(seed))]
      expect(stacked.state).toEqual(plain)
      const [outcome, next] = masked.step(action, key(seed + 1))(plain)
      const [stackedOutcome, after] = env.step(action, key(seed + 1))(stacked)
      expect(stackedOutcome).toEqual(outcome)
      expect(after.state).toEqual(next)
      expect(after.past.length).toBe(k - 1)
      expect([env.name, env.actionSpace]).toEqual([masked.name, masked.actionSpace])
      expect(env.actionMask?.(after)).toEqual(masked.actionMask?.(next))
    },
  )

  test('has k times the bounds, one after another, and a mask only where the environment has', () => {
    expect(frameStack(3)(masked).observationSpace).toEqual({
      kind: 'box',
      size: 6,
      low: [-100, 0, -100, 0, -100, 0],
      high: [50, Infinity, 50, Infinity, 50, Infinity],
    })
    expect('actionMask' in frameStack(2)(dice)).toBe(false)
  })

  test('observes in no step', () => {
    const blind: typeof dice = {
      ...dice,
      observe: () => {
        throw new Error('seen')
      },
    }
    const env = frameStack(2)(blind)
    expect(() => env.step(0, key(1))(env.init(key(0)))).not.toThrow()
  })

  test.each([0, -1, 1.5, NaN, Infinity])('refuses to show the last %d', (k) => {
    expect(() => frameStack(k)).toThrow(new RangeError(`k: expected a whole number >= 1, got ${k}`))
  })

  test('leaves its state as it is', () => {
    const env = frameStack(3)(dice)
    const state = env.step(1, key(1))(env.init(key(0)))[1]
    expectPure((s: typeof state) => env.step(2, key(2))(s), state)
    expectPure(env.observe, state)
    expectPure(env.init, key(0))
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { probes } from '../../src/env/probe.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'

const KEY = key(0)
const gammas = fc.double({ min: 0, max: 1, noNaN: true })

const starts = (env: (typeof probes)[number]['env']): readonly number[] =>
  [...new Set(Array.from({ length: 60 }, (_, i) => env.init(foldIn(KEY, i))))].toSorted(
    (a, b) => a - b,
  )

test('there are five, by name', () => {
  expect(probes.map(({ env }) => env.name)).toEqual([
    'probe-constant',
    'probe-observation',
    'probe-discount',
    'probe-action',
    'probe-both',
  ])
})

describe.each(probes.map((probe) => ({ name: probe.env.name, probe })))(
  '$name',
  ({ probe: { env, answers } }) => {
    /** What a whole episode brings from a state on, where the action a follows everywhere. */
    const returns = (gamma: number, state: number, action: 0 | 1): number => {
      const [{ reward, terminated }, next] = env.step(action, KEY)(state)
      return reward + (terminated ? 0 : gamma * returns(gamma, next, action))
    }

    test.prop([gammas])('answers with what the better action earns, and which it is', (gamma) => {
      for (const { observation, value, action } of answers(gamma)) {
        const [worse, better] = action === 0 ? ([1, 0] as const) : ([0, 1] as const)
        const [state] = observation
        expect(returns(gamma, state, better)).toBe(value)
        if (action === null) expect(returns(gamma, state, worse)).toBe(value)
        else expect(returns(gamma, state, worse)).toBeLessThan(value)
      }
    })

    test('has an answer for each observation that comes, all in their box, and for no other', () => {
      const seen = new Set<number>()
      const visit = (state: number): void => {
        const observation = env.observe(state)
        expect(observation.length).toBe(1)
        seen.add(observation[0]!)
        for (const action of [0, 1] as const) {
          const [{ terminated, truncated }, next] = env.step(action, KEY)(state)
          expect(truncated).toBe(false)
          if (!terminated) visit(next)
        }
      }
      starts(env).forEach(visit)
      const known = answers(0.5).map(({ observation: [x] }) => x)
      expect([...seen].toSorted((a, b) => a - b)).toEqual(known)
      const { low, high } = env.observationSpace
      expect([low[0], high[0]]).toEqual([Math.min(...known), Math.max(...known)])
    })

    test('is pure', () => {
      const state = expectPure(env.init, KEY)
      expectPure((s: number) => env.step(1, KEY)(s), state)
      expectPure(answers, 0.9)
    })
  },
)

test('V is known: 1; what is seen; γ and then 1; 1; 1', () => {
  expect(probes.map(({ answers }) => answers(0.25).map(({ value }) => value))).toEqual([
    [1],
    [-1, 1],
    [0.25, 1],
    [1],
    [1, 1],
  ])
})

test('the action is known: any in the first three, then 1, then that of the sign', () => {
  expect(probes.map(({ answers }) => answers(0.25).map(({ action }) => action))).toEqual([
    [null],
    [null, null],
    [null, null],
    [1],
    [0, 1],
  ])
})

test('both signs are seen as often: within five standard errors of half of 4000', () => {
  for (const { env } of probes) {
    const drawn = Array.from({ length: 4000 }, (_, i) => env.init(foldIn(key(9), i)))
    const ups = drawn.filter((x) => x === 1).length
    if (env.observationSpace.low[0] === -1)
      expect(Math.abs(ups - 2000)).toBeLessThan(5 * Math.sqrt(1000))
    else expect(drawn.every((x) => x === 0)).toBe(true)
  }
})

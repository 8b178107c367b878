import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { cartPole, untimedCartPole, type CartPoleState } from '../../src/env/index.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { golden } from '../support/golden.ts'
import { correlation, kolmogorovSmirnovP } from '../support/statistics.ts'

type Vector = readonly [number, number, number, number]

const stateOf = ([x, xDot, theta, thetaDot]: Vector): CartPoleState => ({
  x,
  xDot,
  theta,
  thetaDot,
})

// CartPole draws nothing in a step, so any key will do.
const KEY = key(0)
const step = (action: 0 | 1, state: CartPoleState) => untimedCartPole.step(action, KEY)(state)

const { cases } = golden<{
  cases: ReadonlyArray<{
    name: string
    start: Vector
    actions: string
    terminated: boolean
    states: readonly Vector[]
  }>
}>('cartpole')

const actionsOf = (text: string): ReadonlyArray<0 | 1> =>
  Array.from(text, (a) => (a === '1' ? 1 : 0))

describe.each(cases)('Gymnasium CartPole-v1: $name', ({ start, actions, terminated, states }) => {
  test('a life from its start, step by step', () => {
    expect(actions.length).toBe(states.length)
    let state = stateOf(start)
    actionsOf(actions).forEach((action, t) => {
      const [outcome, next] = step(action, state)
      expectClose(untimedCartPole.observe(next), states[t]!, 1e-9, 1e-9)
      expect(outcome).toEqual({
        reward: 1,
        terminated: terminated && t === states.length - 1,
        truncated: false,
      })
      state = next
    })
  })

  test('each single step, to the last digits', () => {
    actionsOf(actions).forEach((action, t) => {
      const before = t === 0 ? start : states[t - 1]!
      const [, next] = step(action, stateOf(before))
      expectClose(untimedCartPole.observe(next), states[t]!, 1e-14, 1e-14)
    })
  })
})

describe('cartPole', () => {
  const between = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true })
  const states = fc.record({
    x: between(-2.5, 2.5),
    xDot: between(-3, 3),
    theta: between(-0.25, 0.25),
    thetaDot: between(-3, 3),
  })

  test.prop([states, fc.constantFrom<0 | 1>(0, 1)])(
    'is the same environment in a mirror: bit for bit, with left and right exchanged',
    ({ x, xDot, theta, thetaDot }, action) => {
      const mirrored = { x: -x, xDot: -xDot, theta: -theta, thetaDot: -thetaDot }
      const [outcome, next] = step(action, { x, xDot, theta, thetaDot })
      const [other, image] = step(action === 0 ? 1 : 0, mirrored)
      expect(other).toEqual(outcome)
      expect(untimedCartPole.observe(image).map((v) => 0 - v)).toEqual(
        untimedCartPole.observe(next).map((v) => v + 0),
      )
    },
  )

  // The limits are on the state after the step; without speed the step leaves x and θ alone.
  const twelveDegrees = (12 * 2 * Math.PI) / 360
  test.each([
    ['at 2.4 m', 2.4, 0, false],
    ['beyond 2.4 m', 2.4000001, 0, true],
    ['at −2.4 m', -2.4, 0, false],
    ['beyond −2.4 m', -2.4000001, 0, true],
    ['at 12°', 0, twelveDegrees, false],
    ['beyond 12°', 0, twelveDegrees + 1e-9, true],
    ['at −12°', 0, -twelveDegrees, false],
    ['beyond −12°', 0, -twelveDegrees - 1e-9, true],
  ])('%s: x = %d, θ = %d, fails: %s', (_, x, theta, fails) => {
    const [{ terminated, reward }] = step(0, { x, xDot: 0, theta, thetaDot: 0 })
    expect(terminated).toBe(fails)
    expect(reward).toBe(1)
  })

  test('fails by where the step leads, not by where it began', () => {
    const [{ terminated }] = step(1, { x: 2.39, xDot: 1, theta: 0, thetaDot: 0 })
    expect(terminated).toBe(true)
    const [{ terminated: saved }] = step(1, { x: 2.41, xDot: -1, theta: 0, thetaDot: 0 })
    expect(saved).toBe(false)
  })

  test('starts uniformly within ±0.05 in each of four independent numbers (p > 1e-6 each)', () => {
    const n = 2000
    const starts = Array.from({ length: n }, (_, i) =>
      untimedCartPole.observe(untimedCartPole.init(foldIn(key(11), i))),
    )
    const columns = [0, 1, 2, 3].map((c) => starts.map((start) => start[c]!))
    columns.forEach((column, c) => {
      // The largest of 2000 is nearer than 1 % to the end, but for 0.99^2000 = 2e-9 of all seeds.
      expect(Math.max(...column.map(Math.abs))).toBeLessThanOrEqual(0.05)
      expect(Math.max(...column.map(Math.abs))).toBeGreaterThan(0.0495)
      expect(kolmogorovSmirnovP(column, (x) => (x + 0.05) / 0.1)).toBeGreaterThan(1e-6)
      // 5 / √n: five standard errors, six pairs.
      for (let d = 0; d < c; d++)
        expect(Math.abs(correlation(column, columns[d]!))).toBeLessThan(5 / Math.sqrt(n))
    })
  })

  test('balanced by a linear rule it is cut off after exactly 500 steps, not failed', () => {
    let state = cartPole.init(key(3))
    const outcomes = []
    do {
      const [x, xDot, theta, thetaDot] = cartPole.observe(state) as Vector
      const action = theta + 0.5 * thetaDot + 0.1 * x + 0.2 * xDot > 0 ? 1 : 0
      const [outcome, next] = cartPole.step(action, KEY)(state)
      outcomes.push(outcome)
      state = next
    } while (!outcomes.at(-1)!.terminated && !outcomes.at(-1)!.truncated)
    expect(outcomes.length).toBe(500)
    expect(outcomes.at(-1)).toEqual({ reward: 1, terminated: false, truncated: true })
  })

  test('says what it sees and takes: four numbers, two actions', () => {
    const { observationSpace, actionSpace } = cartPole
    expect(actionSpace).toEqual({ kind: 'discrete', n: 2 })
    expect(observationSpace.size).toBe(4)
    const high = [4.8, 3.4028234663852886e38, 0.41887902047863906, 3.4028234663852886e38]
    expectClose(observationSpace.high, high, 1e-15, 0)
    expectClose(
      observationSpace.low,
      high.map((x) => -x),
      1e-15,
      0,
    )
  })

  test('leaves its state as it is', () => {
    const state = cartPole.init(key(1))
    expectPure((s: typeof state) => cartPole.step(1, KEY)(s), state)
    expectPure(cartPole.init, key(1))
  })
})

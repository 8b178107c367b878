import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { pendulum, untimedPendulum, type PendulumState } from '../../src/env/index.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { golden } from '../support/golden.ts'
import { correlation, kolmogorovSmirnovP } from '../support/statistics.ts'

type Vector = readonly [theta: number, thetaDot: number]

// Pendulum draws nothing in a step, so any key will do.
const KEY = key(0)
const step = (torque: number, theta: number, thetaDot: number) =>
  untimedPendulum.step([torque], KEY)({ theta, thetaDot })

const vectorOf = ({ theta, thetaDot }: PendulumState): Vector => [theta, thetaDot]

const { cases } = golden<{
  cases: ReadonlyArray<{
    name: string
    start: Vector
    actions: readonly number[]
    rewards: readonly number[]
    states: readonly Vector[]
  }>
}>('pendulum')

describe.each(cases)('Gymnasium Pendulum-v1: $name', ({ start, actions, rewards, states }) => {
  test('each single step, to the last digits', () => {
    expect(actions.length).toBe(60)
    actions.forEach((torque, t) => {
      const [outcome, next] = step(torque, ...(t === 0 ? start : states[t - 1]!))
      expectClose(vectorOf(next), states[t]!, 1e-14, 1e-14)
      expectClose(outcome.reward, rewards[t]!, 1e-13, 1e-13)
      expect(outcome).toEqual({ reward: outcome.reward, terminated: false, truncated: false })
    })
  })

  test('a life from its start, step by step', () => {
    let state: PendulumState = { theta: start[0], thetaDot: start[1] }
    actions.forEach((torque, t) => {
      const [outcome, next] = untimedPendulum.step([torque], KEY)(state)
      expectClose(vectorOf(next), states[t]!, 1e-10, 1e-10)
      expectClose(outcome.reward, rewards[t]!, 1e-10, 1e-10)
      state = next
    })
  })
})

describe('pendulum', () => {
  const between = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true })
  const angles = between(-100, 100)
  const speeds = between(-8, 8)
  const torques = between(-4, 4)

  test.prop([angles, speeds, torques])(
    'is the same environment in a mirror: the next state bit for bit, the reward but for rounding',
    (theta, thetaDot, torque) => {
      const [outcome, next] = step(torque, theta, thetaDot)
      const [other, image] = step(-torque, -theta, -thetaDot)
      expect(vectorOf(image).map((v) => 0 - v)).toEqual(vectorOf(next).map((v) => v + 0))
      expectClose(other.reward, outcome.reward, 0, 1e-12)
    },
  )

  test.prop([between(-3, 3), speeds, torques, fc.integer({ min: -20, max: 20 })])(
    'is the same environment after whole turns',
    (theta, thetaDot, torque, turns) => {
      const turned = theta + turns * 2 * Math.PI
      const [outcome, next] = step(torque, theta, thetaDot)
      const [other, after] = step(torque, turned, thetaDot)
      expectClose(other.reward, outcome.reward, 0, 1e-12)
      expectClose(after.thetaDot, next.thetaDot, 0, 1e-12)
      expectClose(untimedPendulum.observe(after), untimedPendulum.observe(next), 0, 1e-12)
    },
  )

  test.prop([angles, speeds, torques])(
    'keeps its bounds: reward from −16.2736044 to 0, speed within 8, observations in their box',
    (theta, thetaDot, torque) => {
      const [{ reward }, next] = step(torque, theta, thetaDot)
      expect(reward).toBeLessThanOrEqual(0)
      expect(reward).toBeGreaterThanOrEqual(-16.2736044010894)
      expect(Math.abs(next.thetaDot)).toBeLessThanOrEqual(8)
      const { low, high } = untimedPendulum.observationSpace
      untimedPendulum.observe(next).forEach((v, i) => {
        expect(v).toBeGreaterThanOrEqual(low[i]!)
        expect(v).toBeLessThanOrEqual(high[i]!)
      })
    },
  )

  test.prop([angles, speeds, between(2, 1e9)])(
    'a torque beyond ±2 acts as ±2, in the next state and in the reward',
    (theta, thetaDot, torque) => {
      expect(step(torque, theta, thetaDot)).toEqual(step(2, theta, thetaDot))
      expect(step(-torque, theta, thetaDot)).toEqual(step(-2, theta, thetaDot))
    },
  )

  test.prop([between(1, Math.PI), between(-1, 1)])(
    'left to itself keeps its energy ½ θ̇² + 15 cos θ within 3 of 30, and does not drift off',
    (theta, thetaDot) => {
      const energy = ({ theta: angle, thetaDot: speed }: PendulumState) =>
        (speed * speed) / 2 + 15 * Math.cos(angle)
      const start: PendulumState = { theta, thetaDot }
      let state = start
      for (let t = 0; t < 200; t++) {
        state = step(0, state.theta, state.thetaDot)[1]
        expect(Math.abs(energy(state) - energy(start))).toBeLessThan(3)
      }
    },
  )

  test.each([
    // θ, θ̇, u, next θ, next θ̇, reward
    ['upright and still, it stays', 0, 0, 0, 0, 0, 0],
    ['torque alone: θ̈ = 3u', 0, 0, 1, 0.0075, 0.15, -0.001],
    ['speed alone: the new speed moves the angle', 0, 2, 0, 0.1, 2, -0.4],
    ['level: θ̈ = 15', Math.PI / 2, 0, 0, Math.PI / 2 + 0.0375, 0.75, -((Math.PI / 2) ** 2)],
    ['level, on the other side', -Math.PI / 2, 0, 0, -Math.PI / 2 - 0.0375, -0.75, -2.4674011],
    ['at full speed, pushed on', Math.PI / 2, 8, 2, Math.PI / 2 + 0.4, 8, -8.8714011],
    ['at full speed, pushed back', 0, -8, 2, -0.385, -7.7, -6.404],
    ['hanging, at the worst', Math.PI, 8, 2, Math.PI + 0.4, 8, -16.2736044],
  ])('%s', (_, theta, thetaDot, torque, nextTheta, nextSpeed, reward) => {
    const [outcome, next] = step(torque, theta, thetaDot)
    expectClose(vectorOf(next), [nextTheta, nextSpeed], 0, 1e-12)
    expectClose(outcome.reward, reward, 0, 1e-7)
  })

  test('starts at an angle of the whole circle, at up to 1 rad/s either way (p > 1e-6 each)', () => {
    const n = 2000
    const starts = Array.from({ length: n }, (_, i) =>
      vectorOf(untimedPendulum.init(foldIn(key(12), i))),
    )
    const [thetas, speeds] = [starts.map(([theta]) => theta), starts.map(([, speed]) => speed)]
    for (const [column, end] of [
      [thetas, Math.PI],
      [speeds, 1],
    ] as const) {
      // The largest of 2000 is nearer than 1 % to the end, but for 0.99^2000 = 2e-9 of all seeds.
      expect(Math.max(...column.map(Math.abs))).toBeLessThanOrEqual(end)
      expect(Math.max(...column.map(Math.abs))).toBeGreaterThan(0.99 * end)
      expect(kolmogorovSmirnovP(column, (x) => (x + end) / (2 * end))).toBeGreaterThan(1e-6)
    }
    // Five standard errors.
    expect(Math.abs(correlation(thetas, speeds))).toBeLessThan(5 / Math.sqrt(n))
  })

  test('shows cos θ, sin θ and θ̇', () => {
    expectClose(
      untimedPendulum.observe({ theta: Math.PI / 6, thetaDot: -3 }),
      [Math.sqrt(3) / 2, 0.5, -3],
      1e-15,
      0,
    )
  })

  test('is cut off after exactly 200 steps, not failed', () => {
    let state = pendulum.init(key(3))
    const outcomes = []
    do {
      const [outcome, next] = pendulum.step([0], KEY)(state)
      outcomes.push(outcome)
      state = next
    } while (!outcomes.at(-1)!.truncated)
    expect(outcomes.length).toBe(200)
    expect(outcomes.some(({ terminated }) => terminated)).toBe(false)
  })

  test('says what it sees and takes: three numbers, one torque', () => {
    expect(pendulum.name).toBe('pendulum')
    expect(pendulum.actionSpace).toEqual({ kind: 'box', size: 1, low: [-2], high: [2] })
    expect(pendulum.observationSpace).toEqual({
      kind: 'box',
      size: 3,
      low: [-1, -1, -8],
      high: [1, 1, 8],
    })
  })

  test('leaves its state and its action as they are', () => {
    const state = pendulum.init(key(1))
    expectPure(
      (action: readonly number[], s: typeof state) => pendulum.step(action, KEY)(s),
      [9],
      state,
    )
    expectPure(pendulum.init, key(1))
  })
})

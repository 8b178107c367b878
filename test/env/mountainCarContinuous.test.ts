import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { untimedMountainCar, type MountainCarState } from '../../src/env/mountainCar.ts'
import {
  mountainCarContinuous,
  untimedMountainCarContinuous,
} from '../../src/env/mountainCarContinuous.ts'
import { f64 } from '../../src/math/real.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { golden } from '../support/golden.ts'
import { kolmogorovSmirnovP } from '../support/statistics.ts'

type Vector = readonly [position: number, velocity: number]

// MountainCarContinuous draws nothing in a step, so any key will do.
const KEY = key(0)
const step = (action: number, position: number, velocity: number) =>
  untimedMountainCarContinuous.step([action], KEY)({ position, velocity })

const vectorOf = ({ position, velocity }: MountainCarState): Vector => [position, velocity]

const { cases } = golden<{
  cases: ReadonlyArray<{
    name: string
    start: Vector
    actions: readonly number[]
    rewards: readonly number[]
    terminated: string
    states: readonly Vector[]
  }>
}>('mountain-car-continuous')

describe.each(cases)(
  'Gymnasium MountainCarContinuous-v0: $name',
  ({ start, actions, rewards, terminated, states }) => {
    test('each single step, to the last digits', () => {
      expect(actions.length).toBe(100)
      actions.forEach((action, t) => {
        const [outcome, next] = step(action, ...(t === 0 ? start : states[t - 1]!))
        expectClose(vectorOf(next), states[t]!, 1e-15, 1e-17)
        expectClose(outcome.reward, rewards[t]!, 1e-15, 0)
        expect(outcome.terminated).toBe(terminated[t] === '1')
        expect(outcome.truncated).toBe(false)
      })
    })

    test('a life from its start, step by step', () => {
      let [position, velocity] = start
      actions.forEach((action, t) => {
        const [outcome, next] = step(action, position, velocity)
        expectClose(vectorOf(next), states[t]!, 1e-12, 1e-12)
        expectClose(outcome.reward, rewards[t]!, 1e-15, 0)
        ;({ position, velocity } = next)
      })
    })
  },
)

describe('mountainCarContinuous', () => {
  const between = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true })
  const positions = between(-1.2, 0.6)
  const speeds = between(-0.07, 0.07)
  const actions = between(-3, 3)

  test.prop([between(-0.55, 0.55), between(-0.05, 0.05), actions])(
    'is the same environment in a mirror at the lowest point, off the ends of the road',
    (offset, velocity, action) => {
      const floor = -Math.PI / 6
      const [, next] = step(action, floor + offset, velocity)
      const [, image] = step(-action, floor - offset, -velocity)
      expectClose([2 * floor - image.position, -image.velocity], vectorOf(next), 0, 1e-15)
    },
  )

  test.prop([positions, speeds, fc.constantFrom<0 | 1 | 2>(0, 1, 2)])(
    'with two thirds of its force moves as the car of three actions',
    (position, velocity, action) => {
      const [, next] = step(((action - 1) * 2) / 3, position, velocity)
      const [, other] = untimedMountainCar.step(action, KEY)({ position, velocity })
      expectClose(vectorOf(next), vectorOf(other), 0, 1e-15)
    },
  )

  test.prop([positions, speeds, actions])(
    'keeps its bounds: position and velocity in their box; the reward is −0.1 u², and 100 at the end',
    (position, velocity, action) => {
      const [{ reward, terminated, truncated }, next] = step(action, position, velocity)
      const { low, high } = untimedMountainCarContinuous.observationSpace
      untimedMountainCarContinuous.observe(next).forEach((v, i) => {
        expect(v).toBeGreaterThanOrEqual(low[i]!)
        expect(v).toBeLessThanOrEqual(high[i]!)
      })
      expectClose(reward, (terminated ? 100 : 0) - 0.1 * action ** 2, 1e-15, 1e-15)
      expect(truncated).toBe(false)
    },
  )

  test.prop([positions, speeds, between(1, 1e3)])(
    'an action beyond ±1 acts as ±1 and costs as much as it says',
    (position, velocity, action) => {
      for (const sign of [1, -1]) {
        const [outcome, next] = step(sign * action, position, velocity)
        const [whole, same] = step(sign, position, velocity)
        expect(next).toEqual(same)
        expectClose(whole.reward - outcome.reward, 0.1 * (action * action - 1), 1e-12, 1e-12)
      }
    },
  )

  test.each<[string, number, number, number, number, number, number, boolean]>([
    // u, x, v, next x, next v, reward, arrives
    ['level at the lowest point it stays', 0, -Math.PI / 6, 0, -Math.PI / 6, 0, 0, false],
    ['a push of a half', 0.5, -Math.PI / 6, 0, -Math.PI / 6 + 0.00075, 0.00075, -0.025, false],
    ['a push to the left', -1, -Math.PI / 6, 0, -Math.PI / 6 - 0.0015, -0.0015, -0.1, false],
    ['a push of two: acts as one', 2, -Math.PI / 6, 0, -Math.PI / 6 + 0.0015, 0.0015, -0.4, false],
    ['the slope pulls: 0.0025 at x = 0', 0, 0, 0, -0.0025, -0.0025, 0, false],
    ['into the wall', -1, -1.19, -0.05, -1.2, 0, -0.1, false],
    ['to the end of the road, its speed kept', 1, 0.58, 0.07, 0.6, 0.07, 99.9, true],
    ['to exactly 0.45', 1, 0.38, 0.07, 0.45, 0.07, 99.9, true],
    ['to a little less', 1, 0.38 - 1e-15, 0.07, 0.45, 0.07, -0.1, false],
    ['beyond, but rolling back', 0, 0.6, -0.01, 0.590568, -0.009432, 0, false],
    ['beyond, to a stand', 0, 0.5, 0.0025 * f64.cos(1.5), 0.5, 0, 100, true],
    ['beyond, a little slower', 0, 0.5, 0.0025 * f64.cos(1.5) - 1e-15, 0.5, 0, 0, false],
  ])('%s', (_, action, x, v, nextX, nextV, reward, arrives) => {
    const [outcome, next] = step(action, x, v)
    expectClose(vectorOf(next), [nextX, nextV], 0, 1e-7)
    expectClose(outcome.reward, reward, 0, 1e-12)
    expect(outcome.terminated).toBe(arrives)
  })

  test('starts at rest, uniformly from −0.6 to −0.4 (p > 1e-6)', () => {
    const starts = Array.from({ length: 2000 }, (_, i) =>
      untimedMountainCarContinuous.init(foldIn(key(15), i)),
    )
    expect(starts.every(({ velocity }) => velocity === 0)).toBe(true)
    const places = starts.map(({ position }) => position)
    expect(Math.min(...places)).toBeGreaterThanOrEqual(-0.6)
    expect(Math.max(...places)).toBeLessThanOrEqual(-0.4)
    expect(kolmogorovSmirnovP(places, (x) => (x + 0.6) / 0.2)).toBeGreaterThan(1e-6)
  })

  const lived = (choose: (state: MountainCarState) => number) => {
    let state = mountainCarContinuous.init(key(3))
    const outcomes = []
    do {
      const [outcome, next] = mountainCarContinuous.step([choose(state.state)], KEY)(state)
      outcomes.push(outcome)
      state = next
    } while (!outcomes.at(-1)!.terminated && !outcomes.at(-1)!.truncated)
    return outcomes
  }

  test('left to itself it is cut off after exactly 999 steps, at no cost', () => {
    const outcomes = lived(() => 0)
    expect(outcomes.length).toBe(999)
    expect(outcomes.at(-1)).toEqual({ reward: 0, terminated: false, truncated: true })
  })

  test('pushed the way it moves it arrives before, and is paid 100 less the cost', () => {
    const outcomes = lived(({ velocity }) => (velocity < 0 ? -1 : 1))
    expect(outcomes.length).toBeLessThan(200)
    expect(outcomes.at(-1)).toEqual({ reward: 99.9, terminated: true, truncated: false })
    expect(outcomes.slice(0, -1).every(({ reward }) => reward === -0.1)).toBe(true)
  })

  test('says what it sees and takes: two numbers, one force', () => {
    expect(mountainCarContinuous.name).toBe('mountain-car-continuous')
    expect(mountainCarContinuous.actionSpace).toEqual({
      kind: 'box',
      size: 1,
      low: [-1],
      high: [1],
    })
    expect(mountainCarContinuous.observationSpace).toEqual({
      kind: 'box',
      size: 2,
      low: [-1.2, -0.07],
      high: [0.6, 0.07],
    })
    const seen = untimedMountainCarContinuous.observe({ position: -0.3, velocity: 0.01 })
    expect(seen).toEqual([-0.3, 0.01])
  })

  test('leaves its state and its action as they are', () => {
    const state = mountainCarContinuous.init(key(1))
    expectPure(
      (action: readonly number[], s: typeof state) => mountainCarContinuous.step(action, KEY)(s),
      [2],
      state,
    )
    expectPure(mountainCarContinuous.init, key(1))
  })
})

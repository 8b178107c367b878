import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  mountainCar,
  untimedMountainCar,
  type MountainCarState,
} from '../../src/env/mountainCar.ts'
import { f64 } from '../../src/math/real.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { golden } from '../support/golden.ts'
import { kolmogorovSmirnovP } from '../support/statistics.ts'

type Action = 0 | 1 | 2
type Vector = readonly [position: number, velocity: number]

// MountainCar draws nothing in a step, so any key will do.
const KEY = key(0)
const step = (action: Action, position: number, velocity: number) =>
  untimedMountainCar.step(action, KEY)({ position, velocity })

const vectorOf = ({ position, velocity }: MountainCarState): Vector => [position, velocity]

const { cases } = golden<{
  cases: ReadonlyArray<{
    name: string
    start: Vector
    actions: string
    terminated: string
    states: readonly Vector[]
  }>
}>('mountain-car')

const actionsOf = (text: string): readonly Action[] => Array.from(text, (a) => Number(a) as Action)

describe.each(cases)(
  'Gymnasium MountainCar-v0: $name',
  ({ start, actions, terminated, states }) => {
    const expectOutcome = (outcome: unknown, t: number) =>
      expect(outcome).toEqual({ reward: -1, terminated: terminated[t] === '1', truncated: false })

    test('each single step, to the last digits', () => {
      expect(actions.length).toBe(150)
      actionsOf(actions).forEach((action, t) => {
        const [outcome, next] = step(action, ...(t === 0 ? start : states[t - 1]!))
        expectClose(vectorOf(next), states[t]!, 1e-15, 1e-17)
        expectOutcome(outcome, t)
      })
    })

    test('a life from its start, step by step', () => {
      let [position, velocity] = start
      actionsOf(actions).forEach((action, t) => {
        const [outcome, next] = step(action, position, velocity)
        expectClose(vectorOf(next), states[t]!, 1e-12, 1e-12)
        expectOutcome(outcome, t)
        ;({ position, velocity } = next)
      })
    })
  },
)

describe('mountainCar', () => {
  const between = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true })
  const positions = between(-1.2, 0.6)
  const speeds = between(-0.07, 0.07)
  const actions = fc.constantFrom<Action>(0, 1, 2)

  test.prop([between(-0.55, 0.55), between(-0.05, 0.05), actions])(
    'is the same environment in a mirror at the lowest point, off the ends of the road',
    (offset, velocity, action) => {
      const floor = -Math.PI / 6
      const [, next] = step(action, floor + offset, velocity)
      const [, image] = step((2 - action) as Action, floor - offset, -velocity)
      expectClose([2 * floor - image.position, -image.velocity], vectorOf(next), 0, 1e-15)
    },
  )

  test.prop([positions, speeds, actions])(
    'keeps its bounds: position and velocity in their box, −1 a step',
    (position, velocity, action) => {
      const [{ reward, truncated }, next] = step(action, position, velocity)
      const { low, high } = untimedMountainCar.observationSpace
      untimedMountainCar.observe(next).forEach((v, i) => {
        expect(v).toBeGreaterThanOrEqual(low[i]!)
        expect(v).toBeLessThanOrEqual(high[i]!)
      })
      expect(reward).toBe(-1)
      expect(truncated).toBe(false)
    },
  )

  test.prop([between(-1, 0)])(
    'left to itself keeps its energy ½ v² + 0.0025/3 sin 3x within 3 % of the hill, for 1000 steps',
    (position) => {
      const energy = ({ position: x, velocity: v }: MountainCarState) =>
        (v * v) / 2 + (0.0025 / 3) * Math.sin(3 * x)
      const start: MountainCarState = { position, velocity: 0 }
      let state = start
      for (let t = 0; t < 1000; t++) {
        state = step(1, ...vectorOf(state))[1]
        expect(Math.abs(energy(state) - energy(start))).toBeLessThan((0.03 * 2 * 0.0025) / 3)
      }
    },
  )

  test.each<[string, Action, number, number, number, number, boolean]>([
    // action, x, v, next x, next v, arrives
    ['level at the lowest point it stays', 1, -Math.PI / 6, 0, -Math.PI / 6, 0, false],
    ['a push to the right', 2, -Math.PI / 6, 0, -Math.PI / 6 + 0.001, 0.001, false],
    ['a push to the left', 0, -Math.PI / 6, 0, -Math.PI / 6 - 0.001, -0.001, false],
    ['the slope pulls: 0.0025 at x = 0', 1, 0, 0, -0.0025, -0.0025, false],
    ['the new velocity moves it', 1, 0, 0.0125, 0.01, 0.01, false],
    ['at full speed, pushed on', 2, -0.6, 0.07, -0.53, 0.07, false],
    ['at full speed, pushed on to the left', 0, 0, -0.07, -0.07, -0.07, false],
    ['into the wall', 0, -1.19, -0.05, -1.2, 0, false],
    ['at the wall, where the slope beats the motor', 0, -1.2, 0, -1.198758104, 0.001241896, false],
    ['off the wall', 2, -1.2, 0.02, -1.2 + 0.023241896, 0.023241896, false],
    ['held at the wall, moving to the right', 1, -1.3, 0.03, -1.2, 0.0318148, false],
    ['to the end of the road, its speed kept', 2, 0.58, 0.07, 0.6, 0.07, true],
    ['to exactly 0.5', 2, 0.43, 0.07, 0.5, 0.07, true],
    ['to a little less', 2, 0.43 - 1e-15, 0.07, 0.5, 0.07, false],
    ['beyond 0.5, but rolling back', 1, 0.6, -0.01, 0.590568, -0.009432, false],
    ['beyond 0.5, to a stand', 1, 0.55, 0.0025 * f64.cos(3 * 0.55), 0.55, 0, true],
    ['beyond 0.5, a little slower', 1, 0.55, 0.0025 * f64.cos(3 * 0.55) - 1e-15, 0.55, 0, false],
  ])('%s', (_, action, x, v, nextX, nextV, arrives) => {
    const [{ reward, terminated }, next] = step(action, x, v)
    expectClose(vectorOf(next), [nextX, nextV], 0, 1e-7)
    expect(terminated).toBe(arrives)
    expect(reward).toBe(-1)
  })

  test('is stopped and held to the bit: 0 at −1.2, 0.6, ±0.07', () => {
    expect(vectorOf(step(0, -1.15, -0.07)[1])).toEqual([-1.2, 0])
    expect(vectorOf(step(2, 0.59, 0.07)[1])).toEqual([0.6, 0.07])
    expect(step(0, 0, -0.07)[1].velocity).toBe(-0.07)
  })

  test('starts at rest, uniformly from −0.6 to −0.4 (p > 1e-6)', () => {
    const starts = Array.from({ length: 2000 }, (_, i) =>
      untimedMountainCar.init(foldIn(key(14), i)),
    )
    expect(starts.every(({ velocity }) => velocity === 0)).toBe(true)
    const positions = starts.map(({ position }) => position)
    // The ends of 2000 are nearer than 1 % to those, but for 2 · 0.99^2000 = 4e-9 of all seeds.
    expect(Math.min(...positions)).toBeGreaterThanOrEqual(-0.6)
    expect(Math.min(...positions)).toBeLessThan(-0.598)
    expect(Math.max(...positions)).toBeLessThanOrEqual(-0.4)
    expect(Math.max(...positions)).toBeGreaterThan(-0.402)
    expect(kolmogorovSmirnovP(positions, (x) => (x + 0.6) / 0.2)).toBeGreaterThan(1e-6)
  })

  const lived = (choose: (state: MountainCarState) => Action) => {
    let state = mountainCar.init(key(3))
    const outcomes = []
    do {
      const [outcome, next] = mountainCar.step(choose(state.state), KEY)(state)
      outcomes.push(outcome)
      state = next
    } while (!outcomes.at(-1)!.terminated && !outcomes.at(-1)!.truncated)
    return outcomes
  }

  test('pushed to the right alone it is cut off after exactly 200 steps, not arrived', () => {
    const outcomes = lived(() => 2)
    expect(outcomes.length).toBe(200)
    expect(outcomes.at(-1)).toEqual({ reward: -1, terminated: false, truncated: true })
  })

  test('pushed the way it moves it arrives before', () => {
    const outcomes = lived(({ velocity }) => (velocity < 0 ? 0 : 2))
    expect(outcomes.length).toBeLessThan(200)
    expect(outcomes.at(-1)).toEqual({ reward: -1, terminated: true, truncated: false })
  })

  test('says what it sees and takes: two numbers, three actions', () => {
    expect(mountainCar.name).toBe('mountain-car')
    expect(mountainCar.actionSpace).toEqual({ kind: 'discrete', n: 3 })
    expect(mountainCar.observationSpace).toEqual({
      kind: 'box',
      size: 2,
      low: [-1.2, -0.07],
      high: [0.6, 0.07],
    })
    expect(untimedMountainCar.observe({ position: -0.3, velocity: 0.01 })).toEqual([-0.3, 0.01])
  })

  test('leaves its state as it is', () => {
    const state = mountainCar.init(key(1))
    expectPure((s: typeof state) => mountainCar.step(0, KEY)(s), state)
    expectPure(mountainCar.init, key(1))
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { acrobot, untimedAcrobot, type AcrobotState } from '../../src/env/acrobot.ts'
import { f64 } from '../../src/math/real.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { golden } from '../support/golden.ts'
import { correlation, kolmogorovSmirnovP } from '../support/statistics.ts'

type Action = 0 | 1 | 2
type Vector = readonly [number, number, number, number]

const stateOf = ([theta1, theta2, theta1Dot, theta2Dot]: Vector): AcrobotState => ({
  theta1,
  theta2,
  theta1Dot,
  theta2Dot,
})

const vectorOf = ({ theta1, theta2, theta1Dot, theta2Dot }: AcrobotState): Vector => [
  theta1,
  theta2,
  theta1Dot,
  theta2Dot,
]

// Acrobot draws nothing in a step, so any key will do.
const KEY = key(0)
const step = (action: Action, state: AcrobotState) => untimedAcrobot.step(action, KEY)(state)

const { cases } = golden<{
  cases: ReadonlyArray<{
    name: string
    start: Vector
    actions: string
    terminated: string
    states: readonly Vector[]
  }>
}>('acrobot')

const actionsOf = (text: string): readonly Action[] => Array.from(text, (a) => Number(a) as Action)

describe.each(cases)('Gymnasium Acrobot-v1: $name', ({ start, actions, terminated, states }) => {
  test('each single step, to the last digits', () => {
    expect(actions.length).toBe(states.length)
    expect(states.length).toBeGreaterThanOrEqual(60)
    actionsOf(actions).forEach((action, t) => {
      const [outcome, next] = step(action, stateOf(t === 0 ? start : states[t - 1]!))
      expectClose(vectorOf(next), states[t]!, 1e-13, 1e-13)
      const ends = terminated[t] === '1'
      expect(outcome).toEqual({ reward: ends ? 0 : -1, terminated: ends, truncated: false })
    })
  })

  test('a life from its start, step by step', () => {
    let state = stateOf(start)
    actionsOf(actions).forEach((action, t) => {
      const [outcome, next] = step(action, state)
      // The motion is chaotic: at the fastest, a last digit grows 10⁸-fold in 60 steps.
      expectClose(vectorOf(next), states[t]!, 1e-6, 1e-6)
      expect(outcome.terminated).toBe(terminated[t] === '1')
      state = next
    })
  })
})

describe('acrobot', () => {
  const between = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true })
  const [fastest1, fastest2] = [4 * Math.PI, 9 * Math.PI]
  const states = fc.record({
    theta1: between(-Math.PI, Math.PI),
    theta2: between(-Math.PI, Math.PI),
    theta1Dot: between(-fastest1, fastest1),
    theta2Dot: between(-fastest2, fastest2),
  })
  const actions = fc.constantFrom<Action>(0, 1, 2)
  const height = ({ theta1, theta2 }: AcrobotState) => -f64.cos(theta1) - f64.cos(theta1 + theta2)

  test.prop([states, actions])(
    'is the same environment in a mirror: bit for bit, with the torque turned',
    (state, action) => {
      const [a, b, v, w] = vectorOf(state)
      const [outcome, next] = step(action, state)
      const [other, image] = step((2 - action) as Action, stateOf([-a, -b, -v, -w]))
      expect(other).toEqual(outcome)
      expect(vectorOf(image).map((x) => 0 - x)).toEqual(vectorOf(next).map((x) => x + 0))
    },
  )

  test.prop([
    fc.record({
      theta1: between(-3, 3),
      theta2: between(-3, 3),
      theta1Dot: between(-2, 2),
      theta2Dot: between(-2, 2),
    }),
    actions,
    fc.integer({ min: -20, max: 20 }),
    fc.integer({ min: -20, max: 20 }),
  ])(
    'is the same environment after whole turns of either link',
    (state, action, turns1, turns2) => {
      const turned = {
        ...state,
        theta1: state.theta1 + turns1 * 2 * Math.PI,
        theta2: state.theta2 + turns2 * 2 * Math.PI,
      }
      const seen = untimedAcrobot.observe(step(action, state)[1])
      expectClose(untimedAcrobot.observe(step(action, turned)[1]), seen, 0, 1e-12)
    },
  )

  test.prop([states, actions])(
    'keeps its bounds: angles within π, observations in their box, 0 for the end and −1 otherwise',
    (state, action) => {
      const [{ reward, terminated }, next] = step(action, state)
      expect(Math.abs(next.theta1)).toBeLessThanOrEqual(Math.PI)
      expect(Math.abs(next.theta2)).toBeLessThanOrEqual(Math.PI)
      const { low, high } = untimedAcrobot.observationSpace
      untimedAcrobot.observe(next).forEach((v, i) => {
        expect(v).toBeGreaterThanOrEqual(low[i]!)
        expect(v).toBeLessThanOrEqual(high[i]!)
      })
      expect(terminated).toBe(height(next) > 1)
      expect(reward).toBe(terminated ? 0 : -1)
    },
  )

  // Two rods of 1 kg and 1 m, of 1 kg m² about their centres: the energy of the motion of those
  // centres, of the rotation about them, and of their heights.
  const energy = ({ theta1, theta2, theta1Dot, theta2Dot }: AcrobotState): number => {
    const spin = theta1Dot + theta2Dot
    const vx = theta1Dot * Math.cos(theta1) + 0.5 * spin * Math.cos(theta1 + theta2)
    const vy = theta1Dot * Math.sin(theta1) + 0.5 * spin * Math.sin(theta1 + theta2)
    const motion = ((theta1Dot / 2) ** 2 + vx * vx + vy * vy) / 2
    const rotation = (theta1Dot * theta1Dot + spin * spin) / 2
    return motion + rotation - 9.8 * (1.5 * Math.cos(theta1) + 0.5 * Math.cos(theta1 + theta2))
  }

  test.prop([
    fc.record({
      theta1: between(-2, 2),
      theta2: between(-2, 2),
      theta1Dot: between(-1, 1),
      theta2Dot: between(-1, 1),
    }),
    actions,
  ])('gains the energy that the motor gives, torque · Δθ₂, within 0.01 of some 20', (s, action) => {
    const [, next] = step(action, s)
    const work = (action - 1) * (next.theta2 - s.theta2)
    expect(Math.abs(energy(next) - energy(s) - work)).toBeLessThan(0.01)
  })

  test.each([-0.5, -0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4])(
    'succeeds above the height of 1 and not at it: the border between two speeds, θ₂ = %d',
    (theta2) => {
      const from = (theta1Dot: number) => step(2, { theta1: 1.6, theta2, theta1Dot, theta2Dot: 0 })
      let [slow, fast] = [1, 8]
      for (let i = 0; i < 60; i++) {
        const middle = slow + (fast - slow) / 2
        if (from(middle)[0].terminated) fast = middle
        else slow = middle
      }
      expect(fast - slow).toBeLessThan(2e-15)
      const [[, below], [outcome, above]] = [from(slow), from(fast)]
      expect(height(below)).toBeLessThanOrEqual(1)
      expect(height(above)).toBeGreaterThan(1)
      expect(outcome).toEqual({ reward: 0, terminated: true, truncated: false })
    },
  )

  test('hanging still it stays, and a torque turns the second link its own way', () => {
    const still = stateOf([0, 0, 0, 0])
    expect(vectorOf(step(1, still)[1]).map((v) => v + 0)).toEqual([0, 0, 0, 0])
    const [theta1, theta2] = vectorOf(step(2, still)[1])
    expect(theta2).toBeGreaterThan(0)
    expect(theta1).toBeLessThan(0)
  })

  test('starts uniformly within ±0.1 in each of four independent numbers (p > 1e-6 each)', () => {
    const n = 2000
    const starts = Array.from({ length: n }, (_, i) =>
      vectorOf(untimedAcrobot.init(foldIn(key(13), i))),
    )
    const columns = [0, 1, 2, 3].map((c) => starts.map((start) => start[c]!))
    columns.forEach((column, c) => {
      // The largest of 2000 is nearer than 1 % to the end, but for 0.99^2000 = 2e-9 of all seeds.
      expect(Math.max(...column.map(Math.abs))).toBeLessThanOrEqual(0.1)
      expect(Math.max(...column.map(Math.abs))).toBeGreaterThan(0.099)
      expect(kolmogorovSmirnovP(column, (x) => (x + 0.1) / 0.2)).toBeGreaterThan(1e-6)
      // 5 / √n: five standard errors, six pairs.
      for (let d = 0; d < c; d++)
        expect(Math.abs(correlation(column, columns[d]!))).toBeLessThan(5 / Math.sqrt(n))
    })
  })

  test('shows the cosine and the sine of both angles, and the speeds', () => {
    expectClose(
      untimedAcrobot.observe(stateOf([Math.PI / 6, -Math.PI / 3, -3, 5])),
      [Math.sqrt(3) / 2, 0.5, 0.5, -Math.sqrt(3) / 2, -3, 5],
      1e-15,
      0,
    )
  })

  const lived = (choose: (state: AcrobotState) => Action) => {
    let state = acrobot.init(key(3))
    const outcomes = []
    do {
      const [outcome, next] = acrobot.step(choose(state.state), KEY)(state)
      outcomes.push(outcome)
      state = next
    } while (!outcomes.at(-1)!.terminated && !outcomes.at(-1)!.truncated)
    return outcomes
  }

  test('left to itself it is cut off after exactly 500 steps, not failed', () => {
    const outcomes = lived(() => 1)
    expect(outcomes.length).toBe(500)
    expect(outcomes.every(({ reward }) => reward === -1)).toBe(true)
    expect(outcomes.at(-1)).toEqual({ reward: -1, terminated: false, truncated: true })
  })

  test('pushed the way the second link turns it gets up before', () => {
    const outcomes = lived(({ theta2Dot }) => (theta2Dot > 0 ? 2 : 0))
    expect(outcomes.length).toBeLessThan(200)
    expect(outcomes.at(-1)).toEqual({ reward: 0, terminated: true, truncated: false })
    expect(outcomes.slice(0, -1).every(({ reward }) => reward === -1)).toBe(true)
  })

  test('says what it sees and takes: six numbers, three actions', () => {
    expect(acrobot.name).toBe('acrobot')
    expect(acrobot.actionSpace).toEqual({ kind: 'discrete', n: 3 })
    const { size, low, high } = acrobot.observationSpace
    expect(size).toBe(6)
    expectClose(high, [1, 1, 1, 1, 12.566370614359172, 28.274333882308138], 1e-15, 0)
    expect(low).toEqual(high.map((x) => -x))
  })

  test('leaves its state as it is', () => {
    const state = acrobot.init(key(1))
    expectPure((s: typeof state) => acrobot.step(2, KEY)(s), state)
    expectPure(acrobot.init, key(1))
  })
})

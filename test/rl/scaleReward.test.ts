import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  divideByReturns,
  moments,
  noRewards,
  runningReturn,
  scaleReward,
  type RewardSteps,
} from '../../src/rl/index.ts'
import { cast, of, reshape, size, toArray } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { columns, stepsOf, unit } from '../support/steps.ts'

const CONFIG = { gamma: 0.5, clip: 10, epsilon: 1e-8 }

const zeros = (envs: number) => of(['env'], [envs], Array<number>(envs).fill(0))

/** Columns of rewards, and the places (time, env) where an episode ended. */
const stepsFrom = (
  rewards: readonly (readonly number[])[],
  ends: { readonly terminated?: number; readonly truncated?: number } = {},
): RewardSteps => {
  const shape = [rewards.length, rewards[0]!.length] as const
  const flag = (at: number | undefined) =>
    of(
      ['time', 'env'],
      [...shape],
      Uint8Array.from(rewards.flat(), (_, i) => Number(i === at)),
    )
  return {
    reward: of(['time', 'env'], [...shape], rewards.flat()),
    terminated: flag(ends.terminated),
    truncated: flag(ends.truncated),
  }
}

const several = columns({ time: { min: 2, max: 6 } })

/** Rows [from, to) of steps. */
const cutOut = (steps: RewardSteps, from: number, to: number): RewardSteps => {
  const [, envs] = steps.reward.shape
  const part = (t: RewardSteps['reward']) =>
    of(['time', 'env'], [to - from, envs], toArray(t).slice(from * envs, to * envs))
  return {
    reward: part(steps.reward),
    terminated: part(steps.terminated),
    truncated: part(steps.truncated),
  }
}

describe('runningReturn', () => {
  test('is γ Rₜ₋₁ + rₜ, environment by environment', () => {
    const [running, next] = runningReturn({ gamma: 0.5 })(
      of(['env'], [2], [8, 0]),
      stepsFrom([
        [1, 10],
        [2, 20],
        [4, 40],
      ]),
    )
    expect(toArray(running)).toEqual([5, 10, 4.5, 25, 6.25, 52.5])
    expect(toArray(next)).toEqual([6.25, 52.5])
  })

  test.each(['terminated', 'truncated'])('begins anew after a step that %s', (how) => {
    const [running, next] = runningReturn({ gamma: 0.5 })(
      zeros(1),
      stepsFrom([[1], [2], [4]], { [how]: 1 }),
    )
    expect(toArray(running)).toEqual([1, 2.5, 4])
    expect(toArray(next)).toEqual([4])
    const [, last] = runningReturn({ gamma: 0.5 })(zeros(1), stepsFrom([[1], [2]], { [how]: 1 }))
    expect(toArray(last)).toEqual([0])
  })

  test.prop([several, unit, fc.nat(6)])(
    'continues where it stopped, to the bit',
    (all, gamma, cut) => {
      const steps = stepsOf(all)
      const [time, envs] = steps.reward.shape
      const at = Math.min(cut, time)
      const run = runningReturn({ gamma })
      const [whole, end] = run(zeros(envs), steps)
      const [first, middle] = run(zeros(envs), cutOut(steps, 0, at))
      const [second, last] = run(middle, cutOut(steps, at, time))
      expect([...toArray(first), ...toArray(second)]).toEqual(toArray(whole))
      expectSameBits(last, end)
    },
  )

  test('is carried in f64, whatever the rewards are', () => {
    const steps = stepsFrom([[0.1], [0.2]])
    const narrow = { ...steps, reward: cast(steps.reward, 'f32') }
    const [running, next] = runningReturn({ gamma: 0.9 })(zeros(1), narrow)
    expect([running.dtype, next.dtype]).toEqual(['f64', 'f64'])
    expect(toArray(running)[1]).toBe(0.9 * Math.fround(0.1) + Math.fround(0.2))
  })

  test('throws where γ is outside [0, 1], or a shape differs', () => {
    expect(() => runningReturn({ gamma: 1.5 })).toThrow('gamma: expected a number from 0 to 1')
    const steps = stepsFrom([[1, 2]])
    const run = runningReturn({ gamma: 1 })
    expect(() => run(zeros(3), steps)).toThrow('before: expected [env=2], got [env=3]')
    const wrong = of(['time', 'env'], [2, 1], [0, 0])
    for (const argument of ['terminated', 'truncated'])
      expect(() => run(zeros(2), { ...steps, [argument]: wrong })).toThrow(
        `${argument}: expected [time=1, env=2], got [time=2, env=1]`,
      )
    const turned = of(['env', 'time'], [1, 2], [0, 0]) as unknown as RewardSteps['reward']
    expect(() => run(zeros(2), { ...steps, reward: turned })).toThrow(
      'reward: expected [time, env], got [env=1, time=2]',
    )
  })
})

describe('divideByReturns', () => {
  const of13 = moments.of(of(['row', 'feature'], [2, 1], [1, 3]))

  test('divides by √(var + ε), and takes no mean off', () => {
    const divide = divideByReturns({ clip: 10, epsilon: 3 })
    expect(toArray(divide(of13, of(['env'], [3], [2, 0, -5])))).toEqual([1, 0, -2.5])
  })

  test('holds rewards within ±clip, and only does that before any return was seen', () => {
    const divide = divideByReturns({ clip: 2, epsilon: 3 })
    const reward = of(['env'], [3], [4, 5, -99])
    expect(toArray(divide(of13, reward))).toEqual([2, 2, -2])
    expect(toArray(divide(moments.empty(1), of(['env'], [2], [1.5, -3])))).toEqual([1.5, -2])
  })
})

describe('scaleReward', () => {
  test('takes the steps into its statistics first, and then scales them', () => {
    const state = noRewards(2)
    const steps = stepsFrom([
      [1, 3],
      [2.5, 5.5],
    ])
    // Running returns 1, 3, 3, 7: mean 3.5, variance 4.75.
    const [scaled, next] = scaleReward({ gamma: 0.5, clip: 10, epsilon: 1.5 })(state, steps)
    expect(toArray(scaled)).toEqual([1, 3, 2.5, 5.5].map((r) => r / 2.5))
    expect([next.moments.count, toArray(next.moments.mean)]).toEqual([4, [3.5]])
    expect(toArray(next.moments.m2)).toEqual([19])
    expect(toArray(next.returns)).toEqual([3, 7])
  })

  test.prop([several, unit])('knows all rewards so far, in however many pieces', (all, gamma) => {
    const steps = stepsOf(all)
    const [time, envs] = steps.reward.shape
    const scale = scaleReward({ ...CONFIG, gamma })
    const [, whole] = scale(noRewards(envs), steps)
    let state = noRewards(envs)
    for (let t = 0; t < time; t++) state = scale(state, cutOut(steps, t, t + 1))[1]
    expect(state.moments.count).toBe(whole.moments.count)
    expect(toArray(state.returns)).toEqual(toArray(whole.returns))
    expectClose(toArray(state.moments.mean), toArray(whole.moments.mean), 1e-12, 1e-12)
    expectClose(toArray(state.moments.m2), toArray(whole.moments.m2), 1e-11, 1e-10)
  })

  test.prop([several, unit])('is what its parts say', (all, gamma) => {
    const steps = stepsOf(all)
    const state = noRewards(all.length)
    const [running, returns] = runningReturn({ gamma })(state.returns, steps)
    const rows = reshape(running, ['row', 'feature'], [size(running), 1])
    const seen = moments.merge(state.moments, moments.of(rows))
    const [scaled, next] = scaleReward({ ...CONFIG, gamma })(state, steps)
    expectSameBits(next, { moments: seen, returns })
    expectSameBits(scaled, divideByReturns(CONFIG)(seen, steps.reward))
  })

  test.prop([several, fc.double({ min: 0.1, max: 50, noNaN: true })])(
    'does not see the unit in which rewards are paid',
    (all, unitOf) => {
      const paid = stepsOf(
        all.map((c) => ({ ...c, reward: c.reward.map((r, t) => r + (t % 2 === 0 ? 30 : -30)) })),
      )
      const other = {
        ...paid,
        reward: of(
          ['time', 'env'],
          paid.reward.shape,
          toArray(paid.reward).map((r) => r * unitOf),
        ),
      }
      const scale = scaleReward({ gamma: 0.5, clip: 100, epsilon: 1e-12 })
      expectClose(
        toArray(scale(noRewards(all.length), other)[0]),
        toArray(scale(noRewards(all.length), paid)[0]),
        1e-9,
        1e-9,
      )
    },
  )

  test('keeps the element type, and leaves its inputs as they are', () => {
    const steps = stepsFrom([[1], [2]])
    const narrow = { ...steps, reward: cast(steps.reward, 'f32') }
    const [scaled] = expectPure(scaleReward(CONFIG), noRewards(1), narrow)
    expect(scaled.dtype).toBe('f32')
  })

  test.each([0, NaN])('throws for a clip, and for an ε, of %d', (x) => {
    expect(() => scaleReward({ ...CONFIG, clip: x })).toThrow('clip: expected a number > 0')
    expect(() => scaleReward({ ...CONFIG, epsilon: x })).toThrow('epsilon: expected a number > 0')
  })
})

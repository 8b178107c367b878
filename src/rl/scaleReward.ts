import { expectAlike, expectDims, expectShape } from '../tensor/check.ts'
import { map } from '../tensor/elementwise.ts'
import { data, item, own, reshape, type Tensor } from '../tensor/tensor.ts'
import * as moments from './moments.ts'
import { checkedNormalise, type NormaliseConfig } from './normaliseObservation.ts'
import { unitInterval, type Steps, type TimeEnv } from './steps.ts'

/** The running statistics that scale rewards. */
export interface RewardScale {
  /** of the running returns at every step so far: one feature */
  readonly moments: moments.Moments
  /** R, the running return of the episode that each environment is in, f64 */
  readonly returns: Tensor<['env']>
}

/**
 * The part of `Steps` that reward scaling reads: rewards and the ends of episodes, [time, env]
 * each.
 */
export type RewardSteps = Pick<Steps, 'reward' | 'terminated' | 'truncated'>

/**
 * The statistics of rewards before the first step, for `envs` environments (a whole number >= 1).
 */
export const noRewards = (envs: number): RewardScale => ({
  moments: moments.empty(1),
  returns: own(['env'], [envs], new Float64Array(envs)),
})

/**
 * The running return, which sums over the past as a return sums over the future: Rₜ = γ Rₜ₋₁ + rₜ.
 * Rₜ₋₁ counts as 0 if the step before it ended an episode, by termination or truncation.
 *
 * - `gamma`: γ in [0, 1]
 *
 * @returns a function of R₋₁ [env] and steps [time, env] to R [time, env], in f64, and the R₋₁
 * [env] of the next steps
 * @throws RangeError when shapes differ, or γ is out of range
 */
export const runningReturn = ({ gamma }: { readonly gamma: number }) => {
  unitInterval('gamma', gamma)
  return (
    before: Tensor<['env']>,
    { reward, terminated, truncated }: RewardSteps,
  ): [TimeEnv, Tensor<['env']>] => {
    expectDims('reward', reward, ['time', 'env'])
    expectAlike({ reward, terminated, truncated })
    const envs = reward.shape[1]
    expectShape('before', before, ['env'], [envs])
    const [r, over, off] = [data(reward), data(terminated), data(truncated)]
    const running = Float64Array.from({ length: envs }, (_, e) => data(before)[e]!)
    const out = new Float64Array(r.length)
    for (let i = 0; i < r.length; i++) {
      const e = i % envs
      out[i] = gamma * running[e]! + r[i]!
      running[e] = over[i] !== 0 || off[i] !== 0 ? 0 : out[i]!
    }
    return [own(['time', 'env'], reward.shape, out), own(['env'], [envs], running)]
  }
}

/**
 * Divides rewards by the standard deviation √(var + ε) of the running returns seen, and clips them
 * to ±clip. It subtracts no mean, which would change which behaviour is best. Before any return was
 * seen, rewards are only clipped.
 *
 * @returns a function of moments and rewards of any shape [...D] to that shape
 * @throws RangeError when clip or ε is not > 0
 */
export const divideByReturns = (config: NormaliseConfig) => {
  const { clip, epsilon } = checkedNormalise(config)
  return <D extends string[]>(seen: moments.Moments, reward: Tensor<D>): Tensor<D> => {
    const scale = seen.count === 0 ? 1 : Math.sqrt(item(moments.variance(seen)) + epsilon)
    return map(reward, (r) => Math.min(Math.max(r / scale, -clip), clip))
  }
}

/**
 * Scales rewards by the standard deviation of running returns. The statistics first take in all T ·
 * B steps at once; then they scale these steps.
 *
 * With one step per call it is the NormalizeReward of Gymnasium and the VecNormalize of
 * Stable-Baselines3 (clip 10, ε 1e-8), except that those begin as if they had seen a variance of 1.
 * To share the statistics of several shards, `merge` the moments of their `runningReturn` in a
 * fixed order and call `divideByReturns`.
 *
 * @returns a function of a state and steps [time, env] to the scaled rewards [time, env] and the
 * next state
 * @throws RangeError when shapes differ, γ is not in [0, 1], or clip or ε is not > 0
 */
export const scaleReward = (config: NormaliseConfig & { readonly gamma: number }) => {
  const accumulate = runningReturn(config)
  const divide = divideByReturns(config)
  return (state: RewardScale, steps: RewardSteps): [TimeEnv, RewardScale] => {
    const [running, returns] = accumulate(state.returns, steps)
    const [time, envs] = running.shape
    const rows = reshape(running, ['sample', 'feature'], [time * envs, 1])
    const seen = moments.merge(state.moments, moments.of(rows))
    return [divide(seen, steps.reward), { moments: seen, returns }]
  }
}

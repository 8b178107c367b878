import { expectAlike, expectDims, expectShape } from '../tensor/check.ts'
import { map } from '../tensor/elementwise.ts'
import { data, item, own, reshape, type Tensor } from '../tensor/tensor.ts'
import * as moments from './moments.ts'
import { checkedNormalise, type NormaliseConfig } from './normaliseObservation.ts'
import { unitInterval, type Steps, type TimeEnv } from './steps.ts'

/** What is known of the scale of rewards. */
export interface RewardScale {
  /** of the running returns at every step so far: one feature */
  readonly moments: moments.Moments
  /** R, the running return of the episode that each environment is in, f64 */
  readonly returns: Tensor<['env']>
}

export type RewardSteps = Pick<Steps, 'reward' | 'terminated' | 'truncated'>

/** Before the first step. */
export const noRewards = (envs: number): RewardScale => ({
  moments: moments.empty(1),
  returns: own(['env'], [envs], new Float64Array(envs)),
})

/**
 * The running return, which looks back where a return looks ahead: Rₜ = γ Rₜ₋₁ + rₜ, with
 * Rₜ₋₁ = 0 where the step before ended an episode, by termination or truncation.
 *
 * @param config.gamma γ in [0, 1]
 * @returns a function of R₋₁ [env] and steps [time, env] to [R [time, env], f64, and what the next
 * steps go on from [env]]
 * @throws RangeError when shapes differ, or γ lies outside
 */
export const runningReturn = ({ gamma }: { readonly gamma: number }) => {
  unitInterval('gamma', gamma)
  return (
    before: Tensor<['env']>,
    { reward, terminated, truncated }: RewardSteps,
  ): [TimeEnv, Tensor<['env']>] => {
    expectDims('reward', reward, ['time', 'env'])
    expectAlike(reward, { terminated, truncated })
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
 * Rewards over √(var + ε) of the running returns seen, held within ±clip; no mean is taken off,
 * which would change what is worth doing. Before any was seen they are clipped only.
 *
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
 * Rewards in units of the running return's deviation: the statistics take in these steps first,
 * all T · B of them at once, and then scale them. With one step a call it is Gymnasium's
 * NormalizeReward and Stable-Baselines3's VecNormalize (clip 10, ε 1e-8), except that those begin
 * as if they had seen a variance of 1. To share the statistics of several shards, `merge` the
 * moments of each one's `runningReturn` in a fixed order and `divideByReturns`.
 *
 * @returns a function of a state and steps [time, env] to [scaled reward [time, env], next state]
 * @throws RangeError when shapes differ, γ lies outside [0, 1], or clip or ε is not > 0
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

import { addressOf, errorAt } from '../tensor/check.ts'
import { data, type Tensor } from '../tensor/tensor.ts'

/** Squares and sums of rewards below this stay far from 3.4e38, the largest f32. */
const LARGE = 1e15

/**
 * Explains a numeric error of an update by the reward that caused it: if returns, losses or gradients
 * are not finite and a reward is at least 1e15 in size, f32 overflowed because of it. The new error
 * names the largest reward and says what to do. Any other error is returned unchanged.
 *
 * @param reward what the update learned from, [time, env]; null before the environments have acted
 */
export const explainLargeReward = (
  error: unknown,
  reward: Tensor<['time', 'env']> | null,
): unknown => {
  if (reward === null || !(error instanceof RangeError)) return error
  if (addressOf(error)['field'] === undefined) return error
  const r = data(reward)
  let at = 0
  for (let i = 1; i < r.length; i++) if (Math.abs(r[i]!) > Math.abs(r[at]!)) at = i
  if (Math.abs(r[at]!) < LARGE) return error
  const envs = reward.shape[1]
  const [step, env] = [Math.floor(at / envs), at % envs]
  return errorAt(
    { field: 'reward', step, env },
    `reward[step=${step}, env=${env}]: expected less than ${LARGE} in size, got ${r[at]!}, which is too large to learn from (${error.message}): scale rewards down with env.rewardScale or normalise.reward`,
    error,
  )
}

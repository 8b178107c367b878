import type { Steps } from '../rl/steps.ts'
import { allocate, data, own, type Tensor } from '../tensor/tensor.ts'

/** Observations, actions and rewards of T steps in B environments under the policy that acted. */
export interface Trajectory extends Steps {
  /** as the policy saw it */
  readonly observation: Tensor<['time', 'env', 'feature']>
  readonly action: Tensor<['time', 'env'] | ['time', 'env', 'action']>
  readonly logProb: Tensor<['time', 'env']>
  /** the choices that were allowed; absent where the environment masks none */
  readonly actionMask?: Tensor<['time', 'env', 'choice']>
}

/**
 * V(s′ₜ) of a trajectory: the value of the next row where the episode continues, of the state that
 * nobody acted in where it was cut off, and 0 where it is terminal.
 *
 * @param at the places in [time, env] of those states
 */
export const nextValues = (
  { terminated, truncated }: Pick<Steps, 'terminated' | 'truncated'>,
  value: Tensor<['time', 'env']>,
  at: readonly number[],
  bootstrap: Tensor<['state']>,
): Tensor<['time', 'env']> => {
  const [time, envs] = value.shape
  const [over, off, v, beyond] = [data(terminated), data(truncated), data(value), data(bootstrap)]
  const out = allocate(value.dtype, time * envs)
  for (let i = 0; i < (time - 1) * envs; i++)
    if (over[i] === 0 && off[i] === 0) out[i] = v[i + envs]!
  at.forEach((place, i) => {
    out[place] = beyond[i]!
  })
  return own(['time', 'env'], [time, envs], out)
}

import { foldIn, split, type Key } from '../../random/key.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { AsyncEnvironment } from '../environment.ts'
import { guardAsync } from '../guard.ts'
import type { Bound } from '../reader.ts'
import type { Space } from '../space.ts'
import { runAsync } from '../../engine/task.ts'
import {
  actionReader,
  grown,
  batch,
  type AnyEnvStepper,
  type StepBatch,
  type VecEnvState,
  type EnvActions,
} from './vectorise.ts'

/** A `VectorEnvironment` that returns promises. */
export interface AsyncVectorEnvironment<S, A extends Space = Space> {
  readonly env: AsyncEnvironment<S, A>
  readonly count: number
  readonly init: (key: Key) => Promise<VecEnvState<S>>
  readonly step: (
    action: EnvActions,
  ) => (envState: VecEnvState<S>) => Promise<[StepBatch, VecEnvState<S>]>
  /** 1 for each allowed choice; null if the environment masks none. */
  readonly actionMask: (envState: VecEnvState<S>) => Tensor<['env', 'choice']> | null
}

/** One of many environments that return promises. */
export const envStepperAsync = <S>(env: AsyncEnvironment<S>, bound: Bound): AnyEnvStepper<S> => {
  const { init, step, observe: see, actionMask: open, release } = guardAsync(env)
  const actionAt = actionReader(env.actionSpace, bound)
  return {
    start: async (key, at) => {
      const [initKey, next] = split(key, 2)
      return { key: next, state: await init(initKey, at), return: 0, length: 0 }
    },

    step: async (slot, action, from, at) => {
      const element = actionAt(action, from, at)
      const [outcome, state] = await step(element, foldIn(slot.key, slot.length), slot.state, at)
      return [outcome, grown(slot, outcome, state)]
    },

    observe: see,
    actionMask: open,
    release,
  }
}

/**
 * `vectorise` for an environment that returns promises. The same keys and actions give the same episodes. All
 * copies take their steps at the same time, and then their resets. If one fails, its error is thrown when the
 * others are done.
 *
 * @param count how many copies, a whole number >= 1
 */
export const vectoriseAsync = <S, A extends Space = Space>(
  env: AsyncEnvironment<S, A>,
  count: number,
  dtype: 'f32' | 'f64' = 'f32',
  bound: Bound = 'none',
): AsyncVectorEnvironment<S, A> => {
  const { init, step, actionMask: open } = batch(env, count, dtype, envStepperAsync(env, bound))
  return {
    env,
    count,
    init: (key) => runAsync(init(key)),
    actionMask: open,
    step: (action) => {
      const stepAll = step(action)
      return (envState) => runAsync(stepAll(envState))
    },
  }
}

import { own, reshape, take, type Tensor } from '../tensor/tensor.ts'
import type { TimeEnv } from '../rl/steps.ts'
import type { Actions, Open } from './policy.ts'
import type { Trajectory } from './rollout.ts'

type PerSample = Tensor<['sample']>

/** What a learning step reads of each sample. */
export interface Samples {
  readonly observation: Tensor<['sample', 'feature']>
  readonly action: Actions<'sample'>
  readonly oldLogProb: PerSample
  readonly oldValue: PerSample
  readonly advantage: PerSample
  readonly returns: PerSample
  /** the choices that were open; absent where the world closes none */
  readonly open?: Open<'sample'>
  /** parameters of π_old, where a loss compares whole distributions */
  readonly oldDist?: Tensor<['sample', 'param']>
}

/** [time, env, …] → [sample, …]: once learning starts, a step's place in time does not matter. */
export const flattenTime = (
  trajectory: Trajectory,
  returns: TimeEnv,
  advantages: TimeEnv,
): Samples => {
  const { observation, action, open } = trajectory
  const [time, envs, features] = observation.shape
  const samples = time * envs
  const flat = (t: TimeEnv): PerSample => reshape(t, ['sample'], [samples])
  const columns = (action.shape as readonly number[])[2]
  return {
    observation: reshape(observation, ['sample', 'feature'], [samples, features]),
    action:
      columns === undefined
        ? reshape(action, ['sample'], [samples])
        : reshape(action, ['sample', 'action'], [samples, columns]),
    oldLogProb: flat(trajectory.logProb),
    oldValue: flat(trajectory.value),
    advantage: flat(advantages),
    returns: flat(returns),
    ...(open === undefined
      ? {}
      : { open: reshape(open, ['sample', 'choice'], [samples, open.shape[2]]) }),
  }
}

/** Those samples, in that order. */
export const subset = (samples: Samples, index: Int32Array): Samples => {
  const rows = own(['sample'], [index.length], index)
  const { open, oldDist } = samples
  return {
    observation: take(samples.observation, rows),
    action: take<string[]>(samples.action, rows) as Samples['action'],
    oldLogProb: take(samples.oldLogProb, rows),
    oldValue: take(samples.oldValue, rows),
    advantage: take(samples.advantage, rows),
    returns: take(samples.returns, rows),
    ...(open === undefined ? {} : { open: take(open, rows) }),
    ...(oldDist === undefined ? {} : { oldDist: take(oldDist, rows) }),
  }
}

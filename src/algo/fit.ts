import type { Transform } from '../optim/transform.ts'
import type { Key } from '../random/key.ts'
import type { Params, ParamTree } from '../tensor/params.ts'
import type { BackendChoice } from './agent.ts'
import type { Batch } from './descent.ts'
import {
  fitSteps,
  type FitConfig,
  type FitMetrics,
  type Fitted,
  type Fitting,
  type LossGrad,
} from './fitSteps.ts'

export type { FitConfig, FitMetrics, Fitted, LossGrad, SampleLoss } from './fitSteps.ts'

/** Fits to the end, and reports each epoch. */
export const fitted = <P extends ParamTree, O>(
  fitting: Fitting<P, O>,
  onEpoch: (metrics: FitMetrics) => void = () => undefined,
): Fitted<P, O> => {
  for (;;) {
    const { done, value } = fitting.next()
    if (done === true) return value
    if (value.epoch !== null) onEpoch(value.epoch)
  }
}

/**
 * Fits parameters to samples by minibatch descent on the mean of a loss. The optimiser counts its steps, so
 * learning rate schedules belong to it.
 *
 *     const { params: fitted } = fit(config, lossGrad, optimizer)(params, samples, key(1))
 *
 * @param lossGrad recorded once, then run for each minibatch: see `Machine`
 * @param optimizer such as `optim.adam`, or a chain of transforms
 * @param how a backend or a machine, as for `ppo.parts`
 * @throws RangeError when the samples do not divide into minibatches, or a loss is not finite
 */
export const fit = <P extends ParamTree, B extends Batch, O>(
  config: FitConfig,
  lossGrad: LossGrad<P, B>,
  optimizer: Transform<O>,
  how: BackendChoice = 'auto',
): ((
  params: Params<P>,
  samples: B,
  key: Key,
  validation?: B | null,
  onEpoch?: (metrics: FitMetrics) => void,
) => Fitted<P, O>) => {
  const steps = fitSteps(config, lossGrad, optimizer, how)
  return (params, samples, key, validation = null, onEpoch) =>
    fitted(steps(params, samples, key, validation), onEpoch)
}

import { operation, type Machine } from '../kernel/machine.ts'
import { expectAtLeast } from '../tensor/argument.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'
import { adam, type AdamConfig, type AdamState } from './adam.ts'
import type { Schedule } from './schedule.ts'
import { transform, type Transform } from './transform.ts'

/** The settings of AdamW: those of Adam, and the weight decay. */
export interface AdamWConfig extends AdamConfig {
  /** λ >= 0: each step subtracts λ times the learning rate of each parameter */
  readonly weightDecay: number
}

const decay = operation(
  'adamW.decay',
  (
    _,
    step: Floats,
    count: Float64Array,
    params: ReadonlyNumbers,
    learningRate: Schedule,
    weightDecay: number,
  ) => {
    // Adam has counted this step already.
    const share = learningRate(count[0]! - 1) * weightDecay
    for (let i = 0; i < step.length; i++) step[i] = step[i]! - share * params[i]!
  },
)

/**
 * Adam with decoupled weight decay: Adam's step − lr · λ · θ, so that the decay does not pass through
 * the moments. Loshchilov and Hutter 2019, arXiv:1711.05101, Algorithm 2; PyTorch's `AdamW`.
 *
 * @throws RangeError when the place of ε is unknown, `weightDecay` is negative, or `update` is not
 * given the parameters
 */
export const adamW = (machine: Machine, config: AdamWConfig): Transform<AdamState> => {
  const { learningRate } = config
  const weightDecay = expectAtLeast('weightDecay', config.weightDecay, 0)
  const { init, apply } = adam(machine, config)
  return transform(
    {
      init,
      apply: (on, step, grad, cells, params) => {
        if (params === undefined)
          throw new RangeError(
            'params: expected the parameters, because they decay, got none: pass them',
          )
        apply(on, step, grad, cells)
        on.run(decay, step, cells.count, params, learningRate, weightDecay)
      },
    },
    machine,
  )
}

import type { Machine } from '../kernel/machine.ts'
import { adam, type AdamConfig, type AdamState } from '../optim/adam.ts'
import { clipByGlobalNorm, type ClipState } from '../optim/clipByGlobalNorm.ts'
import { clipByNormEach } from '../optim/clipByNormEach.ts'
import { clipElements } from '../optim/clipElements.ts'
import { noClip } from '../optim/noClip.ts'
import { chain, ownFlat, transform, type Flat, type Transform } from '../optim/transform.ts'
import { whileTrainable } from '../optim/whileTrainable.ts'
import { data, size, type Floats } from '../tensor/tensor.ts'
import type { OptimState } from './learner.ts'
import { liveRates, type LiveRates, type Trainable } from './rates.ts'

/** What a config says of the steps that gradients lead to. */
export interface OptimizerConfig {
  readonly gradClip: 'global' | 'each' | 'element' | 'none'
  readonly maxGradNorm: number
  readonly adam: Omit<AdamConfig, 'learningRate'>
  /** Adam's rate for V where it has an Adam of its own; null: one for all */
  readonly valueLearningRate: number | null
}

/** Clips a gradient whose last `valueParams` numbers are V's, as the config says. */
const clipping = (
  machine: Machine,
  { gradClip, maxGradNorm }: OptimizerConfig,
  valueParams: number,
): Transform<ClipState> => {
  if (gradClip === 'global') return clipByGlobalNorm(machine, maxGradNorm)
  if (gradClip === 'element') return clipElements(machine, maxGradNorm)
  if (gradClip === 'none') return noClip(machine)
  return clipByNormEach(machine, maxGradNorm, (n) => [
    [0, n - valueParams],
    [n - valueParams, n],
  ])
}

/** Numbers [from, to) of a flat vector, without a copy. */
const part = (x: Flat, from: number, to: number): Flat =>
  ownFlat((data(x) as Floats).subarray(from, to))

/** An Adam for the policy's parameters and one for V's, so that either can rest. */
const apart = (
  machine: Machine,
  config: OptimizerConfig['adam'],
  valueParams: number,
  rates: LiveRates,
): Transform<readonly [AdamState, AdamState]> => {
  const moving = (resting: Trainable, rate: () => number): Transform<AdamState> =>
    whileTrainable(
      adam(machine, { ...config, learningRate: rate }),
      () => rates.trainable !== resting,
    )
  const ofPolicy = moving('value', () => rates.learningRate)
  const ofValue = moving('policy', () => rates.valueLearningRate ?? rates.learningRate)
  return transform<readonly [AdamState, AdamState]>(
    {
      init: (params) => {
        const [from, n] = [size(params) - valueParams, size(params)]
        return [ofPolicy.init(part(params, 0, from)), ofValue.init(part(params, from, n))]
      },
      apply: (on, step, grad, cells) => {
        const [from, n] = [step.length - valueParams, step.length]
        const [policy, value] = cells
        const all = grad as Floats
        ofPolicy.apply(on, step.subarray(0, from), all.subarray(0, from), policy)
        ofValue.apply(on, step.subarray(from, n), all.subarray(from, n), value)
      },
    },
    machine,
  )
}

/**
 * Clips, then Adam: one for all parameters, or, where V has a rate of its own, one for the
 * policy's and one for V's, so that either can rest while the other goes on. A clip by the norm
 * of all counts both gradients, also where one of them rests.
 *
 * @param valueParams how many numbers are V's alone; they lie last
 * @param rates read at each step
 */
export const optimizerFor = (
  machine: Machine,
  config: OptimizerConfig,
  valueParams: number,
  rates: LiveRates = liveRates(),
): Transform<OptimState> => {
  const clip = clipping(machine, config, valueParams)
  if (config.valueLearningRate === null) {
    const all = adam(machine, { ...config.adam, learningRate: () => rates.learningRate })
    return chain(clip, all) as unknown as Transform<OptimState>
  }
  const steps = chain(clip, apart(machine, config.adam, valueParams, rates))
  // The state is flat: [clip, policy, value].
  return {
    init: (params) => {
      const [first, [policy, value]] = steps.init(params)
      return [first, policy, value]
    },
    update: (grad, [first, policy, value]) => {
      const [step, [nextFirst, next]] = steps.update(grad, [first, [policy, value!]])
      return [step, [nextFirst, next[0], next[1]]]
    },
    apply: (on, step, grad, cells) => {
      const [first, policy, value] = cells as unknown as readonly unknown[]
      steps.apply(on, step, grad, [first, [policy, value]] as never)
    },
  }
}

/** Of configs whose policy and V have an Adam each, and that clip nothing. */
export const unclipped = ({
  adam: config,
  valueLearningRate,
}: Pick<OptimizerConfig, 'adam'> & { readonly valueLearningRate: number }): OptimizerConfig => ({
  gradClip: 'none',
  maxGradNorm: 1,
  adam: config,
  valueLearningRate,
})

import type { Kernels } from '../kernel/kernels.ts'
import { adam, type AdamConfig } from '../optim/adam.ts'
import { clipByGlobalNorm, type ClipState } from '../optim/clipByGlobalNorm.ts'
import { clipByNormEach } from '../optim/clipByNormEach.ts'
import { clipElements } from '../optim/clipElements.ts'
import { noClip } from '../optim/noClip.ts'
import { constant } from '../optim/schedule.ts'
import { chain, ownFlat, type Flat, type Transform } from '../optim/transform.ts'
import { data, size, type Floats } from '../tensor/tensor.ts'
import type { OptimState, StepSize } from './learner.ts'

/** What a config says of the steps that gradients lead to. */
export interface OptimizerConfig {
  readonly gradClip: 'global' | 'each' | 'element' | 'none'
  readonly maxGradNorm: number
  readonly adam: Omit<AdamConfig, 'learningRate'>
}

/** Numbers [from, to) of a flat vector, without a copy. */
const part = (x: Flat, from: number, to: number): Flat =>
  ownFlat((data(x) as Floats).subarray(from, to))

/** Clips n numbers, of which those from `valueFrom` on are V's, as the config says. */
const clipping = (
  kernels: Kernels,
  { gradClip, maxGradNorm }: OptimizerConfig,
  valueFrom: number,
  n: number,
): Transform<ClipState> => {
  if (gradClip === 'global') return clipByGlobalNorm(kernels, maxGradNorm)
  if (gradClip === 'element') return clipElements(kernels, maxGradNorm)
  if (gradClip === 'none') return noClip(kernels)
  return clipByNormEach(kernels, maxGradNorm, [
    [0, valueFrom],
    [valueFrom, n],
  ])
}

/**
 * Clips, then Adam: one for all parameters, or, where V has a rate of its own, one for the
 * policy's and one for V's, so that either can rest while the other goes on. A clip by the norm
 * of all counts both gradients, also where one of them rests.
 *
 * @param valueParams how many numbers are V's alone; they lie last
 */
export const optimizerFor = (kernels: Kernels, config: OptimizerConfig, valueParams: number) => {
  const adamAt = (rate: number) => adam(kernels, { ...config.adam, learningRate: constant(rate) })
  const clipOf = (n: number) => clipping(kernels, config, n - valueParams, n)

  const together = (rate: number): Transform<OptimState> => {
    const all = (params: Flat) => chain(clipOf(size(params)), adamAt(rate))
    return {
      init: (params) => all(params).init(params),
      update: (grad, [clip, first], params) => all(params).update(grad, [clip, first], params),
    }
  }

  const apart = (rate: number, valueRate: number, moves: StepSize['moves']) => {
    const ofPolicy = adamAt(rate)
    const ofValue = adamAt(valueRate)
    const transform: Transform<OptimState> = {
      init: (params) => {
        const [from, n] = [size(params) - valueParams, size(params)]
        return [
          clipOf(n).init(params),
          ofPolicy.init(part(params, 0, from)),
          ofValue.init(part(params, from, n)),
        ]
      },
      update: (grad, [clip, policyState, valueState], params) => {
        const [from, n] = [size(params) - valueParams, size(params)]
        const [clipped, nextClip] = clipOf(n).update(grad, clip, params)
        const out = kernels.alloc(n)
        const step = <A>(transform: Transform<A>, state: A, begin: number, end: number): A => {
          const [moved, next] = transform.update(
            part(clipped, begin, end),
            state,
            part(params, begin, end),
          )
          out.set(data(moved), begin)
          return next
        }
        const nextPolicy = moves === 'value' ? policyState : step(ofPolicy, policyState, 0, from)
        const nextValue = moves === 'policy' ? valueState! : step(ofValue, valueState!, from, n)
        return [ownFlat(out), [nextClip, nextPolicy, nextValue]]
      },
    }
    return transform
  }

  return ({ learningRate, valueLearningRate, moves }: StepSize): Transform<OptimState> =>
    valueLearningRate === null
      ? together(learningRate)
      : apart(learningRate, valueLearningRate, moves)
}

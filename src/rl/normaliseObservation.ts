import { deviationOf, normalised } from '../env/linear.ts'
import { expectAbove } from '../tensor/argument.ts'
import { expectShape } from '../tensor/check.ts'
import { promote } from '../tensor/elementwise.ts'
import { allocate, data, ownLike, type Tensor } from '../tensor/tensor.ts'
import type { Moments } from './moments.ts'

/** The settings of normalisation by running statistics: the clip range and ε. */
export interface NormaliseConfig {
  /** results are held within ±clip; > 0, Infinity for no clip */
  readonly clip: number
  /** added to the variance; > 0, so that a feature that never changes is 0 and not NaN */
  readonly epsilon: number
}

/** The config, checked once. */
export const checkedNormalise = ({ clip, epsilon }: NormaliseConfig): NormaliseConfig => ({
  clip: expectAbove('clip', clip, 0),
  epsilon: expectAbove('epsilon', epsilon, 0),
})

/** √(var + ε) of each feature, in f64; 1 before any row was seen: there is no scale to speak of. */
export const deviations = (epsilon: number, { count, m2 }: Moments): Float64Array =>
  Float64Array.from(data(m2), (sum) => deviationOf(count, sum, epsilon))

/**
 * Whitens observations feature by feature: (x − mean) / √(var + ε), clipped to ±clip. Before any
 * row was seen, x is only clipped. This is what the VecNormalize of Stable-Baselines3 does, with
 * clip 10 and ε 1e-8.
 *
 * @returns a function of moments and x [B, feature] to that shape
 * @throws RangeError when the features differ, or clip or ε is not > 0
 */
export const normaliseObservation = (config: NormaliseConfig) => {
  const { clip, epsilon } = checkedNormalise(config)
  return <B extends string>(
    moments: Moments,
    x: Tensor<[B, 'feature']>,
  ): Tensor<[B, 'feature']> => {
    const [rows, features] = x.shape
    expectShape('x', x, [x.dims[0], 'feature'], [rows, moments.mean.shape[0]])
    const from = data(x)
    const mean = data(moments.mean)
    const deviation = deviations(epsilon, moments)
    const out = allocate(promote(x), rows * features)
    for (let j = 0; j < features; j++)
      for (let i = j; i < out.length; i += features)
        out[i] = normalised(from[i]!, mean[j]!, deviation[j]!, clip)
    return ownLike(x, out)
  }
}

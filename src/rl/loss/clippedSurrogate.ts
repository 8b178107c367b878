import { f64 } from '../../math/real.ts'
import { expectAlike } from '../../tensor/check.ts'
import { zip3 } from '../../tensor/elementwise.ts'
import type { Tensor } from '../../tensor/tensor.ts'

/** What the surrogate needs beside the new log-probability, in the same dimensions. */
export interface SurrogateBatch<D extends string[]> {
  /** log π_old(a|s), of the policy that acted */
  readonly oldLogProb: Tensor<D>
  /** Â(s, a) */
  readonly advantage: Tensor<D>
}

/** ε > 0: ratios are trusted from 1 − ε to 1 + ε. */
export interface ClipConfig {
  readonly clip: number
}

type PerSample = (ratio: number, advantage: number) => number
type Surrogate = <D extends string[]>(
  logProb: Tensor<D>,
  batch: NoInfer<SurrogateBatch<D>>,
) => Tensor<D>

/** f(r, Â) a sample, with the importance ratio r = π(a|s) / π_old(a|s) = exp(logProb − oldLogProb). */
const perSample =
  (f: PerSample): Surrogate =>
  (logProb, { oldLogProb, advantage }) => {
    expectAlike(logProb, { oldLogProb, advantage })
    return zip3(logProb, oldLogProb, advantage, (now, old, a) => f(f64.exp(now - old), a))
  }

/** A loss of one sample and its derivative: what the functions over tensors do to each element. */
export interface SurrogateTerm {
  readonly value: PerSample
  readonly grad: PerSample
}

const clamp = (r: number, clip: number): number => Math.min(Math.max(r, 1 - clip), 1 + clip)

const checked = ({ clip }: ClipConfig): number => {
  if (!(clip > 0)) throw new RangeError(`clip: expected a number > 0, got ${clip}`)
  return clip
}

/** The clipped surrogate of a ratio r and an advantage Â, and its derivative in logProb. */
export const clippedSurrogateTerm = (config: ClipConfig): SurrogateTerm => {
  const clip = checked(config)
  return {
    value: (r, a) => Math.min(r * a, clamp(r, clip) * a),
    grad: (r, a) => (r * a > clamp(r, clip) * a ? 0 : r * a),
  }
}

/**
 * L = min(r Â, clip(r, 1 − ε, 1 + ε) Â), a sample: the objective that is maximised.
 * Schulman et al. 2017, arXiv:1707.06347, eq. 7.
 *
 * @param config.clip ε > 0
 * @returns a function of logProb and { oldLogProb, advantage }, all of one shape, to that shape
 * @throws RangeError when shapes differ or ε <= 0
 */
export const clippedSurrogate = (config: ClipConfig): Surrogate =>
  perSample(clippedSurrogateTerm(config).value)

/**
 * ∂L/∂logProb. Since dr/dlogProb = r, it is r Â where the minimum is the unclipped term, and 0
 * where it is the clipped one, which is flat: Â > 0 with r > 1 + ε (the good action is likely
 * enough), or Â < 0 with r < 1 − ε (the bad one unlikely enough). On the wrong side of the
 * interval the minimum takes the unclipped term, so the sample can still come back.
 * At the kinks r = 1 ± ε the unclipped side is taken.
 */
export const clippedSurrogateGrad = (config: ClipConfig): Surrogate =>
  perSample(clippedSurrogateTerm(config).grad)

/**
 * clip(r, 1 − ε, 1 + ε) Â, the counter-example: without the minimum, a sample that left the
 * interval on the wrong side has no gradient and never comes back.
 */
export const clippedWithoutMin = (config: ClipConfig): Surrogate => {
  const clip = checked(config)
  return perSample((r, a) => clamp(r, clip) * a)
}

/** r Â inside the interval, its borders with it, and 0 outside on either side. */
export const clippedWithoutMinGrad = (config: ClipConfig): Surrogate => {
  const clip = checked(config)
  return perSample((r, a) => (r < 1 - clip || r > 1 + clip ? 0 : r * a))
}

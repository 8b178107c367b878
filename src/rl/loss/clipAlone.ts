import { checkedClip, clipRatio, type ClipConfig } from './clippedSurrogate.ts'
import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'

/**
 * The clipped ratio times Â of one sample, and its derivative in logProb: see `clipAlone`. A
 * counterexample to Schulman et al. 2017, arXiv:1707.06347, eq. 7.
 */
export const clipAloneTerm: SurrogateTerm = {
  value: (r, a, _, clip) => clipRatio(r, clip) * a,
  grad: (r, a, _, clip) => (r < 1 - clip || r > 1 + clip ? 0 : r * a),
}

/**
 * A counterexample: L = clip(r, 1 − ε, 1 + ε) Â of each sample, which is Schulman et al. 2017,
 * arXiv:1707.06347, eq. 7, without the minimum. A sample that leaves the interval on the wrong side
 * has no gradient and never comes back.
 *
 * @param config.clip ε >= 0
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * that shape
 * @throws RangeError when shapes differ or ε < 0
 */
export const clipAlone = (config: ClipConfig): Surrogate =>
  perSample(clipAloneTerm.value, checkedClip(config))

/**
 * The derivative ∂L/∂logProb of `clipAlone`: r Â for ratios in [1 − ε, 1 + ε], and 0 on both sides
 * outside. See Schulman et al. 2017, arXiv:1707.06347, eq. 7, for the objective with the minimum.
 *
 * @param config.clip ε >= 0
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * that shape
 * @throws RangeError when shapes differ or ε < 0
 */
export const clipAloneGrad = (config: ClipConfig): Surrogate =>
  perSample(clipAloneTerm.grad, checkedClip(config))

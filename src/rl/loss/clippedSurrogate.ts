import { expectAtLeast } from '../../tensor/argument.ts'
import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'

/**
 * The clip range ε >= 0: ratios between 1 − ε and 1 + ε are trusted. With 0 only the ratio 1 is.
 */
export interface ClipConfig {
  /** ε >= 0 */
  readonly clip: number
}

/** clip(r, 1 − ε, 1 + ε) */
export const clipRatio = (r: number, clip: number): number =>
  Math.min(Math.max(r, 1 - clip), 1 + clip)

/** ε, checked once. */
export const checkedClip = ({ clip }: ClipConfig): number => expectAtLeast('clip', clip, 0)

/**
 * The clipped surrogate of one sample with ratio r and advantage Â, and its derivative in logProb:
 * see `clippedSurrogate`. Schulman et al. 2017, arXiv:1707.06347, eq. 7.
 */
export const clippedSurrogateTerm: SurrogateTerm = {
  value: (r, a, _, clip) => Math.min(r * a, clipRatio(r, clip) * a),
  grad: (r, a, _, clip) => (r * a > clipRatio(r, clip) * a ? 0 : r * a),
}

/**
 * The clipped surrogate objective L = min(r Â, clip(r, 1 − ε, 1 + ε) Â) of each sample, to be
 * maximised, with r = π(a|s) / π_old(a|s) = exp(logProb − oldLogProb). Schulman et al. 2017,
 * arXiv:1707.06347, eq. 7.
 *
 * @param config.clip ε >= 0. With 0 every ratio other than 1 is clipped.
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * that shape
 * @throws RangeError when shapes differ or ε < 0
 */
export const clippedSurrogate = (config: ClipConfig): Surrogate =>
  perSample(clippedSurrogateTerm.value, checkedClip(config))

/**
 * The derivative ∂L/∂logProb of the clipped surrogate, Schulman et al. 2017, arXiv:1707.06347, eq.
 * 7. Since dr/dlogProb = r, it is r Â where the minimum is the unclipped term.
 *
 * It is 0 where the minimum is the clipped term, which is constant: for Â > 0 with r > 1 + ε (a
 * good action is already likely enough), and for Â < 0 with r < 1 − ε (a bad one is already
 * unlikely enough). On the other side of the interval the minimum is the unclipped term, so the
 * sample can come back. At the kinks r = 1 ± ε the derivative is that of the unclipped term.
 *
 * @param config.clip ε >= 0
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * that shape
 * @throws RangeError when shapes differ or ε < 0
 */
export const clippedSurrogateGrad = (config: ClipConfig): Surrogate =>
  perSample(clippedSurrogateTerm.grad, checkedClip(config))

import { expectAtLeast } from '../../tensor/argument.ts'
import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'

/** ε >= 0: ratios are trusted from 1 − ε to 1 + ε; with 0, the ratio 1 alone. */
export interface ClipConfig {
  readonly clip: number
}

/** clip(r, 1 − ε, 1 + ε) */
export const clipRatio = (r: number, clip: number): number =>
  Math.min(Math.max(r, 1 - clip), 1 + clip)

/** `clipRatio` as text of gpu.js */
export const CLIPPED_RATIO = 'Math.min(Math.max(r, 1 - clip), 1 + clip)'

/** ε, checked once. */
export const checkedClip = ({ clip }: ClipConfig): number => expectAtLeast('clip', clip, 0)

/** The clipped surrogate of a ratio r and an advantage Â, and its derivative in logProb. */
export const clippedSurrogateTerm: SurrogateTerm = {
  value: (r, a, _, clip) => Math.min(r * a, clipRatio(r, clip) * a),
  grad: (r, a, _, clip) => (r * a > clipRatio(r, clip) * a ? 0 : r * a),
  text: {
    value: `Math.min(r * a, ${CLIPPED_RATIO} * a)`,
    grad: 'r * a',
    isFlat: `r * a > ${CLIPPED_RATIO} * a`,
  },
}

/**
 * L = min(r Â, clip(r, 1 − ε, 1 + ε) Â), a sample: the objective that is maximised.
 * Schulman et al. 2017, arXiv:1707.06347, eq. 7.
 *
 * @param config.clip ε >= 0; with 0 every other ratio than 1 is clipped
 * @returns a function of logProb and { oldLogProb, advantage }, all of one shape, to that shape
 * @throws RangeError when shapes differ or ε < 0
 */
export const clippedSurrogate = (config: ClipConfig): Surrogate =>
  perSample(clippedSurrogateTerm.value, checkedClip(config))

/**
 * ∂L/∂logProb. Since dr/dlogProb = r, it is r Â where the minimum is the unclipped term, and 0
 * where it is the clipped one, which is flat: Â > 0 with r > 1 + ε (the good action is likely
 * enough), or Â < 0 with r < 1 − ε (the bad one unlikely enough). On the wrong side of the
 * interval the minimum takes the unclipped term, so the sample can still come back.
 * At the kinks r = 1 ± ε the unclipped side is taken.
 */
export const clippedSurrogateGrad = (config: ClipConfig): Surrogate =>
  perSample(clippedSurrogateTerm.grad, checkedClip(config))

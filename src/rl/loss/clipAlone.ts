import { checkedClip, CLIPPED_RATIO, clipRatio, type ClipConfig } from './clippedSurrogate.ts'
import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'

/** The clipped ratio times Â, and its derivative in logProb. */
export const clipAloneTerm: SurrogateTerm = {
  value: (r, a, _, clip) => clipRatio(r, clip) * a,
  grad: (r, a, _, clip) => (r < 1 - clip || r > 1 + clip ? 0 : r * a),
  text: {
    value: `${CLIPPED_RATIO} * a`,
    grad: 'r * a',
    isFlat: 'r < 1 - clip || r > 1 + clip',
  },
}

/**
 * clip(r, 1 − ε, 1 + ε) Â, the counter-example: without the minimum, a sample that left the
 * interval on the wrong side has no gradient and never comes back.
 *
 * @param config.clip ε >= 0
 * @throws RangeError when shapes differ or ε < 0
 */
export const clipAlone = (config: ClipConfig): Surrogate =>
  perSample(clipAloneTerm.value, checkedClip(config))

/** r Â inside the interval, its borders with it, and 0 outside on either side. */
export const clipAloneGrad = (config: ClipConfig): Surrogate =>
  perSample(clipAloneTerm.grad, checkedClip(config))

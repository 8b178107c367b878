import { checkedClip, clipRatio, type ClipConfig } from './clippedSurrogate.ts'
import { perSample, type RatioTerm, type Surrogate } from './perSample.ts'

/** The clipped ratio times Â, and its derivative in logProb. */
export const clippedWithoutMinTerm = (config: ClipConfig): RatioTerm => {
  const clip = checkedClip(config)
  return {
    value: (r, a) => clipRatio(r, clip) * a,
    grad: (r, a) => (r < 1 - clip || r > 1 + clip ? 0 : r * a),
  }
}

/**
 * clip(r, 1 − ε, 1 + ε) Â, the counter-example: without the minimum, a sample that left the
 * interval on the wrong side has no gradient and never comes back.
 *
 * @param config.clip ε >= 0
 * @throws RangeError when shapes differ or ε < 0
 */
export const clippedWithoutMin = (config: ClipConfig): Surrogate =>
  perSample(clippedWithoutMinTerm(config).value)

/** r Â inside the interval, its borders with it, and 0 outside on either side. */
export const clippedWithoutMinGrad = (config: ClipConfig): Surrogate =>
  perSample(clippedWithoutMinTerm(config).grad)

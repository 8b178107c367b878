import { literal } from '../../kernel/form.ts'
import { expectAbove } from '../../tensor/argument.ts'
import { checkedClip, clippedSurrogateTerm, type ClipConfig } from './clippedSurrogate.ts'
import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'

export interface DualClipConfig extends ClipConfig {
  /** c > 1: how often more likely a bad action may have become and still count in full */
  readonly dualClip: number
}

/** The dual-clipped surrogate of a ratio r and an advantage Â, and its derivative in logProb. */
export const dualClipTerm = (dualClip: number): SurrogateTerm => {
  const c = expectAbove('dualClip', dualClip, 1)
  const { value, grad, text } = clippedSurrogateTerm
  const floor = `${literal(c)} * a`
  return {
    value: (r, a, logProb, clip) => {
      const clipped = value(r, a, logProb, clip)
      return a < 0 ? Math.max(clipped, c * a) : clipped
    },
    grad: (r, a, logProb, clip) =>
      a < 0 && value(r, a, logProb, clip) < c * a ? 0 : grad(r, a, logProb, clip),
    text: {
      value: `(a < 0 ? Math.max(${text.value}, ${floor}) : ${text.value})`,
      grad: text.grad,
      isFlat: `${text.isFlat} || (a < 0 && ${text.value} < ${floor})`,
    },
  }
}

/**
 * L = max(min(r Â, clip(r, 1 − ε, 1 + ε) Â), c Â) where Â < 0, and the clipped surrogate
 * elsewhere. Without the maximum, r Â has no lower bound: one bad action that the new policy makes
 * far more likely outweighs a whole batch. Ye et al. 2020, arXiv:1912.09729, eq. 5.
 *
 * @param config.clip ε >= 0
 * @param config.dualClip c > 1, 3 in the paper; Infinity is the clipped surrogate
 * @throws RangeError when shapes differ, ε < 0 or c <= 1
 */
export const dualClip = (config: DualClipConfig): Surrogate =>
  perSample(dualClipTerm(config.dualClip).value, checkedClip(config))

/**
 * ∂L/∂logProb: that of the clipped surrogate, but 0 where Â < 0 and r > c, since c Â is flat. At
 * the kinks r = c and r = 1 ± ε the unclipped side is taken.
 */
export const dualClipGrad = (config: DualClipConfig): Surrogate =>
  perSample(dualClipTerm(config.dualClip).grad, checkedClip(config))

import { expectAbove } from '../../tensor/argument.ts'
import { checkedClip, clippedSurrogateTerm, type ClipConfig } from './clippedSurrogate.ts'
import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'

/** The settings of the dual-clipped surrogate: the clip range ε and the bound c. */
export interface DualClipConfig extends ClipConfig {
  /** c > 1: how often more likely a bad action may have become and still count in full */
  readonly dualClip: number
}

/**
 * The dual-clipped surrogate of one sample with ratio r and advantage Â, and its derivative in
 * logProb: see `dualClip`. Ye et al. 2020, arXiv:1912.09729, eq. 5.
 *
 * @param dualClip c > 1, 3 in the paper; Infinity gives the clipped surrogate
 * @throws RangeError when c <= 1
 */
export const dualClipTerm = (dualClip: number): SurrogateTerm => {
  const c = expectAbove('dualClip', dualClip, 1)
  const { value, grad } = clippedSurrogateTerm
  return {
    value: (r, a, logProb, clip) => {
      const clipped = value(r, a, logProb, clip)
      return a < 0 ? Math.max(clipped, c * a) : clipped
    },
    grad: (r, a, logProb, clip) =>
      a < 0 && value(r, a, logProb, clip) < c * a ? 0 : grad(r, a, logProb, clip),
  }
}

/**
 * The dual-clipped surrogate objective of each sample: L = max(min(r Â, clip(r, 1 − ε, 1 + ε) Â), c
 * Â) where Â < 0, and the clipped surrogate elsewhere. Without the maximum, r Â has no lower bound:
 * one bad action that the new policy makes far more likely can outweigh a whole batch. Ye et al.
 * 2020, arXiv:1912.09729, eq. 5.
 *
 * @param config.clip ε >= 0
 * @param config.dualClip c > 1, 3 in the paper; Infinity gives the clipped surrogate
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * that shape
 * @throws RangeError when shapes differ, ε < 0 or c <= 1
 */
export const dualClip = (config: DualClipConfig): Surrogate =>
  perSample(dualClipTerm(config.dualClip).value, checkedClip(config))

/**
 * The derivative ∂L/∂logProb of `dualClip`. It is that of the clipped surrogate, except that it is
 * 0 where Â < 0 and r > c, since c Â is constant. At the kinks r = c and r = 1 ± ε it is the
 * derivative of the unclipped term. Ye et al. 2020, arXiv:1912.09729, eq. 5.
 *
 * @param config.clip ε >= 0
 * @param config.dualClip c > 1, 3 in the paper; Infinity gives the clipped surrogate
 * @returns a function of `logProb` and `{ oldLogProb, advantage }`, tensors of one shape [...D], to
 * that shape
 * @throws RangeError when shapes differ, ε < 0 or c <= 1
 */
export const dualClipGrad = (config: DualClipConfig): Surrogate =>
  perSample(dualClipTerm(config.dualClip).grad, checkedClip(config))

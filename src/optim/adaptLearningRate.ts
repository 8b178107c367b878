import { expectAbove, expectAtLeast, expectNumber } from '../tensor/argument.ts'

export interface KlAdaptive {
  /** the mean KL(π_old ‖ π) that a step should have, > 0 */
  readonly desiredKl: number
  /** what the rate is divided or multiplied by, > 1: 1.5 unless said otherwise */
  readonly factor?: number
  /** the rate's bounds, 0 < min <= max: 1e-5 and 1e-2 unless said otherwise */
  readonly min?: number
  readonly max?: number
}

/**
 * The next learning rate, from how far the last step moved the policy: divided by `factor` if its
 * KL was more than twice `desiredKl`, multiplied by it if less than half, within [min, max]. A KL of
 * 0 leaves it alone, since the policy has not moved yet. A rate that is already outside the bounds
 * never moves further away from them, nor against the KL. The rule of Schulman et al. 2017,
 * arXiv:1707.06347, section 4, for the weight of a penalty, applied to the rate with the bounds of
 * rsl_rl.
 *
 * @throws RangeError unless desiredKl > 0, factor > 1 and 0 < min <= max, and when kl is NaN
 */
export const adaptLearningRate = ({
  desiredKl,
  factor = 1.5,
  min = 1e-5,
  max = 1e-2,
}: KlAdaptive) => {
  expectAbove('desiredKl', desiredKl, 0)
  expectAbove('factor', factor, 1)
  expectAbove('min', min, 0)
  expectAtLeast('max', max, min)
  return (learningRate: number, kl: number): number => {
    expectNumber('kl', kl)
    if (kl > 2 * desiredKl) return Math.min(learningRate, Math.max(min, learningRate / factor))
    if (kl > 0 && kl < desiredKl / 2)
      return Math.max(learningRate, Math.min(max, learningRate * factor))
    return learningRate
  }
}

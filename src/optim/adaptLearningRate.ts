import { expectAbove, expectAtLeast, expectNumber } from '../tensor/argument.ts'

/** The settings of a learning rate that follows the KL of a step. */
export interface KlAdaptive {
  /** the mean KL(π_old ‖ π) that a step should have, > 0 */
  readonly desiredKl: number
  /** what the rate is divided or multiplied by, > 1: 1.5 by default */
  readonly factor?: number
  /** the rate's bounds, 0 < min <= max: 1e-5 and 1e-2 by default */
  readonly min?: number
  readonly max?: number
}

/**
 * The next learning rate, from how far the last step moved the policy. It is divided by `factor` if
 * the KL of the step was more than twice `desiredKl`, multiplied by it if the KL was less than half,
 * and kept within [min, max]. A KL of 0 leaves it unchanged, since the policy has not moved yet. A rate
 * that is already outside the bounds never moves further away from them, nor against the KL. Schulman
 * et al. 2017, arXiv:1707.06347, section 4, have this rule for the coefficient of a penalty; rsl_rl
 * applies it to the rate, with these bounds.
 *
 * @returns a function of `learningRate` > 0 and the `kl` of the last step, in nats, to the next rate
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

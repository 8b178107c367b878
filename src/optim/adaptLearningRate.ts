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
 * The next learning rate by how far the last step went: smaller when it went more than twice as
 * far as desired, larger when less than half as far. A KL of 0 says nothing, the policy has not
 * moved yet. The rule of Schulman et al. 2017, arXiv:1707.06347, section 4, for a penalty's
 * weight, turned to the rate and with these bounds as in rsl_rl.
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
    if (kl > 2 * desiredKl) return Math.max(min, learningRate / factor)
    if (kl > 0 && kl < desiredKl / 2) return Math.min(max, learningRate * factor)
    return learningRate
  }
}

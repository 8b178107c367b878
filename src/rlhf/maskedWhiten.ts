import { expectAtLeast, expectOneOf } from '../tensor/argument.ts'
import { notFinite } from '../tensor/check.ts'

/** The settings of whitening over the tokens of responses. */
export interface MaskedWhitenConfig {
  /** whether the mean becomes 0, or stays as it is */
  readonly shiftMean: boolean
  /** 1 for the unbiased variance, as in TRL; 0 for the plain one, as in lm-human-preferences */
  readonly ddof: 0 | 1
  /** ε >= 0, added to the variance; with 0, numbers that are all the same become NaN */
  readonly epsilon: number
}

/** How `whiten_rewards` of TRL whitens: the mean stays, ddof is 1. */
export const whitenRewardsConfig: MaskedWhitenConfig = { shiftMean: false, ddof: 1, epsilon: 1e-8 }

/**
 * Whitens the numbers that a mask leaves: (x − m) / √(v + ε), plus m unless the mean is shifted, with m and v
 * the mean and the variance of the numbers whose mask is not 0; 0 where it is 0. It is `masked_whiten` of TRL, and
 * `whiten` of lm-human-preferences (Ziegler et al. 2019, arXiv:1909.08593).
 *
 * @param mask of the same length; absent: all are whitened
 * @throws RangeError when the lengths differ, a number that counts is not finite, no more than ddof of them
 * count, ε < 0, or ddof is neither 0 nor 1
 */
export const maskedWhiten = (
  { shiftMean, ddof, epsilon }: MaskedWhitenConfig,
  values: ArrayLike<number>,
  mask: ArrayLike<number> | null = null,
): Float64Array => {
  expectOneOf('ddof', ddof, [0, 1])
  expectAtLeast('epsilon', epsilon, 0)
  if (mask !== null && mask.length !== values.length)
    throw new RangeError(`mask: expected ${values.length} numbers, got ${mask.length}`)
  const counts = (i: number): boolean => mask === null || mask[i] !== 0
  let [count, sum] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    if (!counts(i)) continue
    if (!Number.isFinite(values[i]!))
      throw notFinite('values', ['row'], [values.length], i, values[i]!)
    count++
    sum += values[i]!
  }
  if (count <= ddof)
    throw new RangeError(`values: expected more than ${ddof} unmasked values, got ${count}`)
  const mean = sum / count
  let squares = 0
  for (let i = 0; i < values.length; i++)
    if (counts(i)) squares += (values[i]! - mean) * (values[i]! - mean)
  const scale = Math.sqrt(squares / (count - ddof) + epsilon)
  const shift = shiftMean ? 0 : mean
  return Float64Array.from({ length: values.length }, (_, i) =>
    counts(i) ? (values[i]! - mean) / scale + shift : 0,
  )
}

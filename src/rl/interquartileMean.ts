import { expectList } from '../tensor/expectList.ts'
import type { ReadonlyNumbers } from '../tensor/tensor.ts'

/**
 * The mean of the middle half: of n numbers in rising order, those without the ⌊n/4⌋ least and the
 * ⌊n/4⌋ largest. Where n is not a multiple of 4, more than half of them stay: all of up to 3, 3 of
 * 5, 5 of 7. NaN for an empty list.
 *
 * It discards less than the median, and outliers move it less than the mean: Agarwal et al. 2021,
 * arXiv:2108.13264, section 4.3, where it is SciPy's `trim_mean(x, 0.25)`.
 *
 * @throws RangeError unless xs is a list
 */
export const interquartileMean = (xs: ReadonlyNumbers): number => {
  expectList('xs', 'numbers', xs)
  // One order of addition, whatever order they come in.
  const sorted = Float64Array.from(xs)
  sorted.sort()
  const cut = Math.floor(sorted.length / 4)
  const end = sorted.length - cut
  let sum = 0
  for (let i = cut; i < end; i++) sum += sorted[i]!
  return sum / (end - cut)
}

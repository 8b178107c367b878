import { expectList } from '../tensor/expectList.ts'
import type { ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Interval } from './bootstrap.ts'
import { meanStd } from './meanStd.ts'

/** The 97.5 % quantile of Student's t distribution with 1 to 9 degrees of freedom. */
const FEW = [
  12.706204736432095, 4.302652729749462, 3.182446305284263, 2.7764451051977987, 2.5705818356363146,
  2.4469118511449692, 2.3646242515927844, 2.306004135204166, 2.2621571627409915,
]

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054

/**
 * The 97.5 % quantile of Student's t distribution, within 1e-4 of its value: a table up to 9 degrees of
 * freedom, then its expansion in 1/ν around the normal quantile z.
 *
 * Abramowitz and Stegun 1964, "Handbook of Mathematical Functions", formula 26.7.5.
 */
const quantile = (nu: number): number => {
  const few = FEW[nu - 1]
  if (few !== undefined) return few
  const z2 = Z * Z
  const terms = [
    (Z * (z2 + 1)) / 4,
    (Z * ((5 * z2 + 16) * z2 + 3)) / 96,
    (Z * (((3 * z2 + 19) * z2 + 17) * z2 - 15)) / 384,
    (Z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945)) / 92160,
  ]
  return terms.reduceRight((sum, term) => (sum + term) / nu, 0) + Z
}

/**
 * The two-sided 95 % interval of a mean by Student's t: x̄ ± t s / √n with s the standard deviation of
 * ddof 1 and n − 1 degrees of freedom. It assumes independent, roughly normal numbers. Equal numbers
 * have an interval without width; NaN for fewer than two.
 *
 * Student 1908, "The probable error of a mean".
 *
 * @throws RangeError unless xs is a list
 */
export const meanInterval = (xs: ReadonlyNumbers): Interval => {
  expectList('xs', 'numbers', xs)
  const n = xs.length
  if (n < 2) return [NaN, NaN]
  const { mean, std } = meanStd(xs)
  const half = (quantile(n - 1) * std) / Math.sqrt(n - 1)
  return [mean - half, mean + half]
}

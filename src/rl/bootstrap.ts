import type { Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import { expectList } from '../tensor/expectList.ts'
import type { ReadonlyNumbers } from '../tensor/tensor.ts'

/** A function that summarises a sample as one number. It must not keep a reference to the array. */
export type Statistic = (xs: ReadonlyNumbers) => number

/** The ends of an interval, low ≤ high. */
export type Interval = readonly [low: number, high: number]

/**
 * The 95 % percentile interval of a statistic of n numbers, by the bootstrap: the range of the
 * statistic over resamples of n numbers, drawn with replacement, without the ⌊resamples/40⌋ lowest and
 * as many of the highest values. Resample r takes x[⌊n u⌋] for draws r n … r n + n − 1 of the key. For
 * small n the interval is too narrow: with 10 numbers from a normal distribution it contains the mean 9
 * times in 10. It is NaN for an empty list.
 *
 * Efron 1979, "Bootstrap methods: another look at the jackknife"; Agarwal et al. 2021,
 * arXiv:2108.13264, section 4.1.
 *
 * @param resamples how many resamples are drawn, a whole number >= 1
 * @throws RangeError unless there are one or more resamples, and xs is a list
 */
export const bootstrap = (
  key: Key,
  statistic: Statistic,
  resamples = 10_000,
): ((xs: ReadonlyNumbers) => Interval) => {
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new RangeError(`resamples: expected a whole number >= 1, got ${resamples}`)
  return (xs) => {
    expectList('xs', 'numbers', xs)
    const n = xs.length
    const sample = new Float64Array(n)
    const found = new Float64Array(resamples)
    for (let r = 0; r < resamples; r++) {
      for (let i = 0; i < n; i++) sample[i] = xs[Math.floor(n * uniformAt(key, r * n + i))]!
      found[r] = statistic(sample)
    }
    found.sort()
    const cut = Math.floor(resamples / 40)
    return [found[cut]!, found[resamples - 1 - cut]!]
  }
}

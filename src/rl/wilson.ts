import type { Interval } from './bootstrap.ts'

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054

/**
 * The 95 % score interval of a proportion, of which k of n trials were successes: with p = k/n and
 * z = 1.96, (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n). It stays within [0, 1] and keeps its
 * width at k = 0 and k = n, where the normal approximation has none. Without trials it is [0, 1].
 *
 * Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 *
 * @throws RangeError unless n is a whole number >= 0 and k one from 0 to n
 */
export const wilson = (k: number, n: number): Interval => {
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(`n: expected a whole number >= 0, got ${n}`)
  if (!Number.isSafeInteger(k) || k < 0 || k > n)
    throw new RangeError(`k: expected a whole number from 0 to ${n}, got ${k}`)
  if (n === 0) return [0, 1]
  const p = k / n
  const square = Z * Z
  const centre = p + square / (2 * n)
  const half = Z * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n))
  const scale = 1 + square / n
  return [k === 0 ? 0 : (centre - half) / scale, k === n ? 1 : (centre + half) / scale]
}

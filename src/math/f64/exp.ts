import { powerOfTwo } from './bits.ts'
import { EXP, INVERSE_LN2, LN2 } from './constants.ts'

const [E0, E1, E2, E3, E4, E5, E6, E7, E8, E9, E10] = EXP
const [LN2_HIGH, LN2_LOW] = LN2

/** (e^r − 1 − r − r²/2) / r³ for |r| <= 0.347. */
export const expTail = (r: number): number => {
  const r2 = r * r
  const low = E0 + r * E1 + r2 * (E2 + r * E3)
  const middle = E4 + r * E5 + r2 * (E6 + r * E7)
  return low + r2 * r2 * (middle + r2 * r2 * (E8 + r * E9 + r2 * E10))
}

/** ln of the least normal number, 2^-1022: below it, results are subnormal. */
const LEAST_NORMAL = -708.3964185322641

/**
 * e^x = 2^k · e^r, where k is the integer nearest to x / ln 2 and r = x − k · ln 2.
 * The sum 1 + r is kept with its rounding error, and r in two parts.
 *
 * Every x. Measured error below 0.65 ulp, subnormal results included.
 * exp(−Infinity) = 0, exp(Infinity) = Infinity, Infinity above 709.78, 0 below −745.13.
 */
export const exp = (x: number): number => {
  if (x > 710) return Infinity
  if (x < -746) return 0
  const k = Math.floor(x * INVERSE_LN2 + 0.5)
  const shifted = x - k * LN2_HIGH
  const correction = k * LN2_LOW
  const r = shifted - correction
  const rLow = shifted - r - correction
  const sum = 1 + r
  const rest = r - (sum - 1) + (r * r * (0.5 + r * expTail(r)) + rLow * sum)
  if (x < LEAST_NORMAL) return subnormal(sum, rest, k)
  const value = sum + rest
  return k > 1023 ? 2 * value * powerOfTwo(1023) : value * powerOfTwo(k)
}

/**
 * (sum + rest) · 2^k, rounded once to the coarse grid of the subnormal numbers.
 * Added to `unit`, above it and with a last bit worth 2^-1074 after scaling, it rounds just there.
 */
const subnormal = (sum: number, rest: number, k: number): number => {
  const unit = powerOfTwo(-1022 - k)
  const high = unit + sum
  const low = sum - (high - unit) + rest
  return ((high + low - unit) / unit) * powerOfTwo(-1022)
}

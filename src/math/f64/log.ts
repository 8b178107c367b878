import { twoProductError, twoSumError } from '../doubleDouble.ts'
import { exponentOf, powerOfTwo, significandOf } from './bits.ts'
import { LN2, LOG, SQRT2 } from './constants.ts'

const [L0, L1, L2, L3, L4, L5, L6, L7] = LOG
const [LN2_HIGH, LN2_LOW] = LN2

/**
 * ln(2^k · (1 + f)) + lost for 1 + f from √½ to √2; `lost` is what a last bit of 1 + f is worth.
 *
 * With s = f / (2 + f), ln(1 + f) = 2·atanh(s) = f − f²/2 + s · (f²/2 + R(s²)).
 * The large terms k · ln 2, f and f²/2 are summed with their rounding errors.
 */
const logOfParts = (k: number, f: number, lost: number): number => {
  const s = f / (2 + f)
  const z = s * s
  const z2 = z * z
  const r = z * (L0 + z * L1 + z2 * (L2 + z * L3) + z2 * z2 * (L4 + z * L5 + z2 * (L6 + z * L7)))
  const square = f * f
  const half = 0.5 * square
  const start = k * LN2_HIGH
  const first = start + f
  const second = first - half
  const errors =
    twoSumError(start, f, first) +
    twoSumError(first, -half, second) -
    0.5 * twoProductError(f, f, square)
  return second + (s * (half + r) + (errors + lost + k * LN2_LOW))
}

/**
 * ln x: x = 2^k · m with m from √½ to √2, and ln x = k · ln 2 + ln m.
 *
 * Every x. Measured error below 0.7 ulp.
 * log(±0) = −Infinity, log(Infinity) = Infinity, NaN below 0, log(1) = 0.
 */
export const log = (x: number): number => {
  if (x === 0) return -Infinity
  if (!(x > 0)) return NaN
  if (x === Infinity) return x
  const isSubnormal = x < 2.2250738585072014e-308
  const normal = isSubnormal ? x * 18014398509481984 : x
  const exponent = exponentOf(normal) - (isSubnormal ? 54 : 0)
  const m = significandOf(normal)
  return m > SQRT2 ? logOfParts(exponent + 1, 0.5 * m - 1, 0) : logOfParts(exponent, m - 1, 0)
}

/**
 * ln(1 + x): where 1 + x = 2^k (1 + f) rounds, what f loses is carried on, over its 1 + f.
 *
 * Every x. Measured error below 0.7 ulp.
 * log1p(±0) = ±0, log1p(−1) = −Infinity, NaN below −1, log1p(Infinity) = Infinity.
 */
export const log1p = (x: number): number => {
  if (Math.abs(x) < 5e-17) return x
  if (x === -1) return -Infinity
  if (!(x > -1)) return NaN
  if (x === Infinity) return x
  if (x > -0.28125 && x < 0.40625) return logOfParts(0, x, 0)
  const u = 1 + x
  const lost = twoSumError(1, x, u)
  const significand = significandOf(u)
  const upper = significand > SQRT2 ? 1 : 0
  const k = exponentOf(u) + upper
  const f = significand * (1 - 0.5 * upper) - 1
  // At k = 1024 the scale would be subnormal; by then `lost` is far below the last bit.
  const fLow = lost * powerOfTwo(Math.max(-k, -1022))
  return logOfParts(k, f, fLow / (1 + f))
}

/**
 * ln x without the rounding errors of its large terms, in half the time, for sums that need no
 * last digits: ln x = k · ln 2 + f − (f²/2 − s · (f²/2 + R(s²))) with the parts of `logOfParts`.
 *
 * Normal x > 0. Measured error for x >= 1 below 3e-16 · max(1, ln x).
 */
export const roughLog = (x: number): number => {
  const exponent = exponentOf(x)
  const m = x * powerOfTwo(-exponent)
  const isUpper = m > SQRT2
  const k = isUpper ? exponent + 1 : exponent
  const f = isUpper ? 0.5 * m - 1 : m - 1
  const s = f / (2 + f)
  const z = s * s
  const z2 = z * z
  const r = z * (L0 + z * L1 + z2 * (L2 + z * L3) + z2 * z2 * (L4 + z * L5 + z2 * (L6 + z * L7)))
  const half = 0.5 * f * f
  return k * LN2_HIGH + (f - (half - (s * (half + r) + k * LN2_LOW)))
}

import { exponentOf, significandOf } from './bits.ts'
import { LN2, LOG, SQRT2 } from './constants.ts'

const fround = Math.fround
const [L0, L1, L2, L3] = LOG
const [LN2_HIGH, LN2_LOW] = LN2

/**
 * ln(2^k · (1 + f)) + extra for 1 + f from √½ to √2 and a small extra.
 * With s = f / (2 + f), ln(1 + f) = 2·atanh(s) = f − (f²/2 − s · (f²/2 + R(s²))).
 */
const logOfParts = (k: number, f: number, extra: number): number => {
  const s = fround(f / fround(2 + f))
  const z = fround(s * s)
  let r = fround(fround(L3 * z) + L2)
  r = fround(fround(r * z) + L1)
  r = fround(fround(r * z) + L0)
  r = fround(r * z)
  const half = 0.5 * fround(f * f)
  const low = fround(fround(s * fround(half + r)) + fround(fround(k * LN2_LOW) + extra))
  return fround(k * LN2_HIGH + fround(f - fround(half - low)))
}

/**
 * ln x: x = 2^k · m with m from √½ to √2, and ln x = k · ln 2 + ln m.
 *
 * Every f32 x. Measured error below 0.95 ulp.
 * log(±0) = −Infinity, log(Infinity) = Infinity, NaN below 0, log(1) = 0.
 */
export const log = (x: number): number => {
  if (x === 0) return -Infinity
  if (!(x > 0)) return NaN
  if (x === Infinity) return x
  const isSubnormal = x < 1.1754943508222875e-38
  const normal = isSubnormal ? x * 8388608 : x
  const upper = significandOf(normal) > SQRT2 ? 1 : 0
  const k = exponentOf(normal) - (isSubnormal ? 23 : 0) + upper
  return logOfParts(k, significandOf(normal) * (1 - 0.5 * upper) - 1, 0)
}

/**
 * ln(1 + x): where u = 1 + x rounds and loses c, c / u is added.
 *
 * Every f32 x. Measured error below 0.95 ulp.
 * log1p(±0) = ±0, log1p(−1) = −Infinity, NaN below −1, log1p(Infinity) = Infinity.
 */
export const log1p = (x: number): number => {
  if (Math.abs(x) < 3e-8) return x
  if (x === -1) return -Infinity
  if (!(x > -1)) return NaN
  if (x === Infinity) return x
  if (x > -0.28125 && x < 0.40625) return logOfParts(0, x, 0)
  const u = fround(1 + x)
  const lost = x > 1 ? fround(1 - fround(u - x)) : fround(x - fround(u - 1))
  const upper = significandOf(u) > SQRT2 ? 1 : 0
  const f = significandOf(u) * (1 - 0.5 * upper) - 1
  return logOfParts(exponentOf(u) + upper, f, fround(lost / u))
}

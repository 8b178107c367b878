import { powerOfTwo } from './bits.ts'
import { EXP, INVERSE_LN2, LN2, ROUNDER } from './constants.ts'

const fround = Math.fround
const [E0, E1, E2, E3, E4, E5] = EXP
const [LN2_HIGH, LN2_LOW] = LN2

/**
 * e^x = 2^k · e^r, where k is the integer nearest to x / ln 2 and r = x − k · ln 2.
 * e^r = 1 + (r + r² · q(r)). 2^k is applied in two halves, so that subnormal results round once.
 * Beyond −104 and 89 the result is 0 or Infinity, and x is clamped there.
 *
 * Every f32 x. Measured error below 1 ulp, subnormal results included.
 * exp(−Infinity) = 0, exp(Infinity) = Infinity.
 */
export const exp = (x: number): number => {
  const c = x > 89 ? 89 : x < -104 ? -104 : x
  const k = fround(fround(c * INVERSE_LN2) + ROUNDER) - ROUNDER
  const r = fround(fround(c - k * LN2_HIGH) - fround(k * LN2_LOW))
  let q = fround(fround(E5 * r) + E4)
  q = fround(fround(q * r) + E3)
  q = fround(fround(q * r) + E2)
  q = fround(fround(q * r) + E1)
  q = fround(fround(q * r) + E0)
  const power = fround(1 + fround(r + fround(fround(r * r) * q)))
  const half = k >> 1
  return fround(fround(power * powerOfTwo(half)) * powerOfTwo(k - half))
}

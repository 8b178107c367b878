import * as double from '../f64/trig.ts'
import { COS, HALF_PI, INVERSE_HALF_PI, ROUNDER, SIN } from './constants.ts'

const fround = Math.fround
const [S0, S1, S2, S3] = SIN
const [C0, C1, C2] = COS
const [P0, P1, P2, P3] = HALF_PI

/** sin(r + rLow) for |r| <= 0.786: r + (r³ · S(r²) + rLow), S being the fitted series. */
const sinNearZero = (r: number, rLow: number): number => {
  const z = fround(r * r)
  let s = fround(fround(S3 * z) + S2)
  s = fround(fround(s * z) + S1)
  s = fround(fround(s * z) + S0)
  return fround(r + fround(fround(fround(z * r) * s) + rLow))
}

/** cos(r + rLow) for |r| <= 0.786: 1 − r²/2 + r⁴ · C(r²), 1 − r²/2 with its rounding error. */
const cosNearZero = (r: number, rLow: number): number => {
  const z = fround(r * r)
  let c = fround(fround(C2 * z) + C1)
  c = fround(fround(c * z) + C0)
  const half = 0.5 * z
  const head = fround(1 - half)
  const lost = fround(fround(1 - head) - half)
  return fround(head + fround(fround(fround(z * z) * c) + fround(lost - fround(r * rLow))))
}

/** (a + b) − sum, exactly, where sum is a + b as rounded. */
const sumError = (a: number, b: number, sum: number): number => {
  const bRounded = fround(sum - a)
  return fround(fround(a - fround(sum - bRounded)) + fround(b - bRounded))
}

/** Up to here n has 13 bits, and its products with the 11 bits of P0, P1 and P2 are exact. */
const LARGE = 8192

/** sin(x + turns · π/2) for |x| <= LARGE. */
const sinTurned = (x: number, turns: number): number => {
  const n = fround(fround(x * INVERSE_HALF_PI) + ROUNDER) - ROUNDER
  const first = fround(x - n * P0)
  const second = fround(first - n * P1)
  const third = fround(second - n * P2)
  const lost = fround(sumError(second, -n * P2, third) - fround(n * P3))
  const low = fround(sumError(first, -n * P1, second) + lost)
  const r = fround(third + low)
  const rLow = fround(fround(third - r) + low)
  const quadrant = n + turns
  const positive = (quadrant & 1) === 0 ? sinNearZero(r, rLow) : cosNearZero(r, rLow)
  return (quadrant & 2) === 0 ? positive : -positive
}

/**
 * sin x: x is reduced to r = x − n · π/2, |r| <= π/4, held in two parts; then a polynomial.
 * Up to 2^13 all of it in f32; beyond, the sine of f64, rounded.
 *
 * Every f32 x. Measured error below 0.95 ulp. sin(±0) = ±0, sin(±Infinity) = NaN.
 */
export const sin = (x: number): number => {
  const a = Math.abs(x)
  if (a < 0.000244140625) return x
  return a <= LARGE ? sinTurned(x, 0) : fround(double.sin(x))
}

/**
 * cos x = sin(x + π/2), the turn being added to n after the reduction of sin.
 * Up to 2^13 all of it in f32; beyond, the cosine of f64, rounded.
 *
 * Every f32 x. Measured error below 0.95 ulp. cos(±0) = 1, cos(±Infinity) = NaN.
 */
export const cos = (x: number): number =>
  Math.abs(x) <= LARGE ? sinTurned(x, 1) : fround(double.cos(x))

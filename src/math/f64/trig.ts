import { twoProductError, twoSumError } from '../doubleDouble.ts'
import { COS, HALF_PI, INVERSE_HALF_PI, SIN } from './constants.ts'
import { reduceHuge } from './hugeAngle.ts'

const [S0, S1, S2, S3, S4, S5, S6] = SIN
const [C0, C1, C2, C3, C4, C5, C6] = COS
const [P0, P1, P2, P3] = HALF_PI

/**
 * sin(r + rLow) for |r| <= 0.786: r + r³ · S(r²), S being the fitted series.
 * An eighth of r³, exact but for its rounding error, is taken out of S near −1/6: three quarters
 * of the cubic term then cost no accuracy.
 */
const sinNearZero = (r: number, rLow: number): number => {
  const z = r * r
  const z2 = z * z
  const s = S0 + 0.125 + z * S1 + z2 * (S2 + z * S3 + z2 * (S4 + z * S5 + z2 * S6))
  const cube = r * z
  const head = r - 0.125 * cube
  const cubeLow = twoProductError(r, z, cube) + r * twoProductError(r, r, z)
  const lost = r - head - 0.125 * cube - 0.125 * cubeLow
  return head + (cube * s + (lost + rLow * (1 - 0.5 * z)))
}

/** cos(r + rLow) for |r| <= 0.786: 1 − r²/2 + r⁴ · C(r²), 1 − r²/2 with its rounding errors. */
const cosNearZero = (r: number, rLow: number): number => {
  const z = r * r
  const z2 = z * z
  const c = C0 + z * C1 + z2 * (C2 + z * C3 + z2 * (C4 + z * C5 + z2 * C6))
  const half = 0.5 * z
  const head = 1 - half
  return head + (z2 * c + (1 - head - half - (0.5 * twoProductError(r, r, z) + r * rLow)))
}

/** sin(r + rLow + n · π/2). */
const sinOfQuadrant = (n: number, r: number, rLow: number): number => {
  const positive = (n & 1) === 0 ? sinNearZero(r, rLow) : cosNearZero(r, rLow)
  return (n & 2) === 0 ? positive : -positive
}

/** Below this, n · P0, n · P1 and n · P2 are exact: n has 20 bits and each part has 33. */
const HUGE = 1e6

/** sin(x + turns · π/2). */
const sinTurned = (x: number, turns: number): number => {
  const a = Math.abs(x)
  if (a < 0.78) return sinOfQuadrant(turns, x, 0)
  if (!(a < Infinity)) return NaN
  if (a > HUGE) {
    const { n, r, rLow } = reduceHuge(x)
    return sinOfQuadrant(n + turns, r, rLow)
  }
  const n = Math.floor(x * INVERSE_HALF_PI + 0.5)
  const first = x - n * P0
  const second = first - n * P1
  const third = second - n * P2
  const low = twoSumError(first, -n * P1, second) + (twoSumError(second, -n * P2, third) - n * P3)
  const r = third + low
  return sinOfQuadrant(n + turns, r, third - r + low)
}

/**
 * sin x: x is reduced to r = x − n · π/2, |r| <= π/4, held in two parts; then a polynomial.
 * Up to 10^6 π/2 is subtracted in four parts of 152 bits; beyond, BigInt does it exactly.
 *
 * Every x. Measured error below 0.65 ulp. sin(±0) = ±0, sin(±Infinity) = NaN.
 */
export const sin = (x: number): number => (Math.abs(x) < 7e-9 ? x : sinTurned(x, 0))

/**
 * cos x = sin(x + π/2), the turn being added to n after the reduction of sin.
 *
 * Every x. Measured error below 0.65 ulp. cos(±0) = 1, cos(±Infinity) = NaN.
 */
export const cos = (x: number): number => sinTurned(x, 1)

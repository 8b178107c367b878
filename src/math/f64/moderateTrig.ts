import { twoProductError, twoSumError } from '../doubleDouble.ts'
import { COS, HALF_PI, INVERSE_HALF_PI, SIN } from './constants.ts'

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
export const sinOfQuadrant = (n: number, r: number, rLow: number): number => {
  const positive = (n & 1) === 0 ? sinNearZero(r, rLow) : cosNearZero(r, rLow)
  return (n & 2) === 0 ? positive : -positive
}

/** Up to this, n · P0, n · P1 and n · P2 are exact: n has 20 bits and each part has 33. */
export const MODERATE = 1e6

/** sin(x + turns · π/2) for |x| <= 10^6: π/2 is subtracted in four parts of 152 bits. */
export const sinModerate = (x: number, turns: number): number => {
  if (Math.abs(x) < 0.78) return sinOfQuadrant(turns, x, 0)
  const n = Math.floor(x * INVERSE_HALF_PI + 0.5)
  const first = x - n * P0
  const second = first - n * P1
  const third = second - n * P2
  const low = twoSumError(first, -n * P1, second) + (twoSumError(second, -n * P2, third) - n * P3)
  const r = third + low
  return sinOfQuadrant(n + turns, r, third - r + low)
}

import { f64 } from '../math/real.ts'

/** The smallest f64 of full precision. */
const LEAST_NORMAL = 2.2250738585072014e-308

/** x · eˢ, where eˢ itself is too large or too small for f64: in three factors, 0 of 0. */
const byParts = (x: number, s: number): number => {
  if (x === 0 && Number.isFinite(s)) return x
  const third = f64.exp(s / 3)
  return x * third * third * third
}

const isNormal = (factor: number): boolean => factor >= LEAST_NORMAL && factor < Infinity

/**
 * x / σ for log σ of any size: 0 for x = 0, and right wherever the quotient is a number, even if
 * 1 / σ is none.
 *
 * @param perStd 1 / σ = exp(−log σ)
 */
export const overStd = (x: number, logStd: number, perStd: number): number =>
  isNormal(perStd) ? x * perStd : byParts(x, -logStd)

/** x / σ², likewise. */
export const overVariance = (x: number, logStd: number): number => {
  const perVariance = f64.exp(-2 * logStd)
  return isNormal(perVariance) ? x * perVariance : byParts(x, -2 * logStd)
}

/** σ z, likewise; `std` is σ = exp(log σ). */
export const timesStd = (z: number, logStd: number, std: number): number =>
  isNormal(std) ? std * z : byParts(z, logStd)

import { exp } from '../math/f64/exp.ts'

/** The smallest f64 of full precision. */
const LEAST_NORMAL = 2.2250738585072014e-308

/** x · eˢ in three factors, for eˢ outside the range of f64; 0 for x = 0. */
const byParts = (x: number, s: number): number => {
  if (x === 0 && Number.isFinite(s)) return x
  const third = exp(s / 3)
  return x * third * third * third
}

const isNormal = (factor: number): boolean => factor >= LEAST_NORMAL && factor < Infinity

/**
 * x / σ for any log σ, without intermediate overflow or underflow: correct if the quotient is an f64,
 * even if 1 / σ is not; 0 for x = 0.
 *
 * @param perStd 1 / σ = exp(−log σ)
 */
export const overStd = (x: number, logStd: number, perStd: number): number =>
  isNormal(perStd) ? x * perStd : byParts(x, -logStd)

/**
 * x / σ² for any log σ, without intermediate overflow or underflow.
 *
 * @param perVariance 1 / σ² = exp(−2 log σ)
 */
export const overVariance = (x: number, logStd: number, perVariance: number): number =>
  isNormal(perVariance) ? x * perVariance : byParts(x, -2 * logStd)

/** σ z for any log σ, without intermediate overflow or underflow; `std` is σ = exp(log σ). */
export const timesStd = (z: number, logStd: number, std: number): number =>
  isNormal(std) ? std * z : byParts(z, logStd)

/**
 * exp, log, log1p, tanh, sin and cos of exact doubles in BigInt, to 150 bits or more.
 *
 * The reference of last resort: it defines what is right, and quickOracle is checked against it.
 * Working bits grow with the smallness of x, so that tiny results are right in relative terms.
 */
import {
  bitLength,
  cosSeries,
  divide,
  expm1Series,
  ln2,
  magnitude,
  pi,
  sinSeries,
  twiceAtanhSeries,
} from './fixedPoint.ts'
import { type Exact, exponentOf, scale } from './ulp.ts'

/** The real number mantissa · 2^-bits; bits may be negative. */
export interface BigReal {
  readonly mantissa: bigint
  readonly bits: bigint
}

/** x · 2^bits, exactly where it is an integer, else rounded down. */
export const toFixed = (x: number, bits: bigint): bigint => {
  const exponent = Math.max(exponentOf(x), -1022) - 52
  const integer = BigInt(scale(x, -exponent))
  const shift = BigInt(exponent) + bits
  return shift >= 0n ? integer << shift : integer >> -shift
}

const workingBits = (x: number): bigint => BigInt(200 + Math.max(0, -exponentOf(x)))

const nearestInteger = (a: bigint, bits: bigint): bigint => (a + (1n << (bits - 1n))) >> bits

/** Beyond ±2000 the result is that of ±2000: out of range all the same. */
const exp = (argument: number): BigReal => {
  const x = Math.min(Math.max(argument, -2000), 2000)
  const bits = 250n
  const fixed = toFixed(x, bits)
  const k = nearestInteger(divide(fixed, ln2(bits), bits), bits)
  const power = expm1Series(fixed - k * ln2(bits), bits) + (1n << bits)
  return { mantissa: power, bits: bits - k }
}

/** ln(mantissa · 2^-point), with `bits` fractional bits. */
const logOf = (mantissa: bigint, point: bigint, bits: bigint): BigReal => {
  const length = BigInt(bitLength(mantissa))
  // mantissa / unit is from 2/3 to 4/3, so that near 1 nothing cancels.
  const unit = 3n * mantissa < 1n << (length + 1n) ? 1n << (length - 1n) : 1n << length
  const k = BigInt(bitLength(unit)) - 1n - point
  const s = ((mantissa - unit) << bits) / (mantissa + unit)
  return { mantissa: twiceAtanhSeries(s, bits) + k * ln2(bits), bits }
}

const log = (x: number): BigReal => {
  const point = 52 - Math.max(exponentOf(x), -1022)
  return logOf(BigInt(scale(x, point)), BigInt(point), 300n)
}

const log1p = (x: number): BigReal => {
  const bits = workingBits(x)
  const exact = BigInt(52 - Math.max(exponentOf(x), -1022))
  const point = exact > 0n ? exact : 0n
  return logOf(toFixed(x, point) + (1n << point), point, bits)
}

const tanh = (x: number): BigReal => {
  const bits = workingBits(x)
  const a = toFixed(Math.min(Math.abs(x), 100), bits)
  const k = nearestInteger(divide(2n * a, ln2(bits), bits), bits)
  const one = 1n << bits
  const t = ((expm1Series(2n * a - k * ln2(bits), bits) + one) << k) - one
  const quotient = divide(t, t + 2n * one, bits)
  return { mantissa: x < 0 ? -quotient : quotient, bits }
}

const sinTurned = (x: number, turns: bigint): BigReal => {
  // Reduced angles can be as small as 2^-62.
  const bits = workingBits(x) + 100n
  const extra = BigInt(Math.max(0, exponentOf(x)) + 8)
  const halfPi = pi(bits + extra) / 2n
  const fixed = toFixed(x, bits + extra)
  const n = (2n * fixed + halfPi) / (2n * halfPi) - (2n * fixed + halfPi < 0n ? 1n : 0n)
  const r = (fixed - n * halfPi) >> extra
  const quadrant = BigInt.asUintN(2, n + turns)
  const value = quadrant % 2n === 0n ? sinSeries(r, bits) : cosSeries(r, bits)
  return { mantissa: quadrant < 2n ? value : -value, bits }
}

/** The functions by name. Arguments are finite, not 0, and inside the domain. */
export const oracle = {
  exp,
  log,
  log1p,
  tanh,
  sin: (x: number): BigReal => sinTurned(x, 0n),
  cos: (x: number): BigReal => sinTurned(x, 1n),
}

/** Whether (high + low) · 2^exponent is the exact value but for one part in 2^tolerance. */
export const agrees = (value: Exact, exact: BigReal, tolerance: bigint): boolean => {
  const bits = exact.bits + BigInt(value.exponent)
  const fixed = toFixed(value.high, bits) + toFixed(value.low, bits)
  return magnitude(fixed - exact.mantissa) << tolerance <= magnitude(exact.mantissa)
}

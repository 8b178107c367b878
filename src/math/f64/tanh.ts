import { twoProductError, twoSumError } from '../doubleDouble.ts'
import { powerOfTwo } from './bits.ts'
import { INVERSE_LN2, LN2 } from './constants.ts'
import { expTail } from './exp.ts'

const [LN2_HIGH, LN2_LOW] = LN2

/**
 * tanh x = t / (t + 2) with t = e^(2|x|) − 1, the sign put back.
 *
 * t = 2^k · (e^r − 1) + (2^k − 1), as in exp. t, t + 2 and the quotient are held in two parts.
 *
 * Every x. Measured error below 0.65 ulp. tanh(±0) = ±0, tanh(±Infinity) = ±1.
 */
export const tanh = (x: number): number => {
  const a = Math.abs(x)
  if (a < 7e-9) return x
  if (a > 20) return x > 0 ? 1 : -1
  const positive = tanhOfPositive(a)
  return x < 0 ? -positive : positive
}

/** tanh a for a from 7e-9 to 20. */
const tanhOfPositive = (a: number): number => {
  const y = 2 * a
  const k = Math.floor(y * INVERSE_LN2 + 0.5)
  const shifted = y - k * LN2_HIGH
  const correction = k * LN2_LOW
  const r = shifted - correction
  const rLow = shifted - r - correction

  const square = r * r
  const half = 0.5 * square
  const head = r + half
  const tail =
    square * r * expTail(r) +
    (twoSumError(r, half, head) + 0.5 * twoProductError(r, r, square) + rLow * (1 + r))

  const scale = powerOfTwo(k)
  const sum = scale * head + (scale - 1)
  const sumLow = twoSumError(scale * head, scale - 1, sum) + scale * tail
  const t = sum + sumLow
  const tLow = sum - t + sumLow

  const bottom = t + 2
  const bottomLow = twoSumError(t, 2, bottom) + tLow
  const quotient = t / bottom
  const product = quotient * bottom
  const remainder = t - product - twoProductError(quotient, bottom, product)
  return quotient + (remainder + tLow - quotient * bottomLow) / bottom
}

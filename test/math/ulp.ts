/** Exponents, exact scaling, and errors counted in units of the last place. */

const scratch = new DataView(new ArrayBuffer(8))

/** The e of |x| = m · 2^e with 1 <= m < 2; −1023 for subnormals and 0. */
export const exponentOf = (x: number): number => {
  scratch.setFloat64(0, x)
  return ((scratch.getInt32(0) >>> 20) & 0x7ff) - 1023
}

const powerOfTwo = (k: number): number => {
  scratch.setInt32(0, (k + 1023) << 20)
  scratch.setInt32(4, 0)
  return scratch.getFloat64(0)
}

/** x · 2^k for any integer k, in steps that lose nothing before the last. */
export const scale = (x: number, k: number): number => {
  if (k > 1000) return scale(x * powerOfTwo(1000), k - 1000)
  if (k < -1000) return scale(x * powerOfTwo(-1000), k + 1000)
  return x * powerOfTwo(k)
}

/** A real number (high + low) · 2^exponent, with |low| at most half an ulp of high. */
export interface Exact {
  high: number
  low: number
  exponent: number
}

/** A floating-point format by its bits. */
export interface Format {
  readonly significandBits: number
  readonly leastExponent: number
  readonly greatestExponent: number
}

export const double: Format = { significandBits: 53, leastExponent: -1022, greatestExponent: 1023 }
export const single: Format = { significandBits: 24, leastExponent: -126, greatestExponent: 127 }

/**
 * |computed − exact| in units of the last place that `exact` has in the format.
 * Infinity counts as the number 2^(greatestExponent + 1), and as right where exact exceeds that.
 * NaN gives NaN.
 */
export const ulpError = (computed: number, exact: Exact, format: Format): number => {
  const { high, low, exponent } = exact
  // A power of two with something subtracted lies in the binade below it.
  const below = low !== 0 && low > 0 !== high > 0 && Math.abs(scale(high, -exponentOf(high))) === 1
  const magnitude = exponentOf(high) + exponent - (below ? 1 : 0)
  const ulp = Math.max(magnitude, format.leastExponent) - format.significandBits + 1
  const top = format.greatestExponent + 1
  const sign = high < 0 ? -1 : 1
  if (computed === sign * Infinity) {
    if (magnitude >= top) return 0
    return Math.abs(scale(sign, top - exponent) - high - low) * scale(1, exponent - ulp)
  }
  return scale(Math.abs(scale(computed, -exponent) - high - low), exponent - ulp)
}

/**
 * The exact rounding errors of a sum and of a product in f64.
 *
 * Each returns the error alone, so that a pair (rounded, error) never needs an object.
 */

/** (a + b) − sum, exactly, where sum is a + b as rounded. Any order of a and b (Knuth). */
export const twoSumError = (a: number, b: number, sum: number): number => {
  const bRounded = sum - a
  return a - (sum - bRounded) + (b - bRounded)
}

/** 2^27 + 1: multiplying by it splits 53 bits into 26 and 26 with a sign (Veltkamp). */
const SPLITTER = 134217729

/** The upper half of the bits of `a`; for |a| < 2^996. */
const upperHalf = (a: number): number => {
  const spread = SPLITTER * a
  return spread - (spread - a)
}

/**
 * a · b − product, exactly, where product is a · b as rounded (Dekker).
 * For |a|, |b| < 2^996 and a product too large to lose bits by underflow, about 2^-960.
 */
export const twoProductError = (a: number, b: number, product: number): number => {
  const aUpper = upperHalf(a)
  const aLower = a - aUpper
  const bUpper = upperHalf(b)
  const bLower = b - bUpper
  return aLower * bLower - (product - aUpper * bUpper - aLower * bUpper - aUpper * bLower)
}

/** Powers of two and exponents of f64, by its bits. */

const LEAST_EXPONENT = -1074
const GREATEST_EXPONENT = 1023

/** 2^k for every k that f64 has. */
const POWERS = new Float64Array(GREATEST_EXPONENT - LEAST_EXPONENT + 1)
POWERS[-LEAST_EXPONENT] = 1
for (let k = 1; k <= GREATEST_EXPONENT; k++)
  POWERS[k - LEAST_EXPONENT] = 2 * POWERS[k - 1 - LEAST_EXPONENT]!
for (let k = -1; k >= LEAST_EXPONENT; k--)
  POWERS[k - LEAST_EXPONENT] = 0.5 * POWERS[k + 1 - LEAST_EXPONENT]!

/** 2^k for an integer k from −1074 to 1023. */
export const powerOfTwo = (k: number): number => POWERS[k - LEAST_EXPONENT]!

const number = new Float64Array([-0])
const words = new Int32Array(number.buffer)
/** The word with the sign and the exponent, which is not the same one on every machine. */
const HIGH = words[0] === 0 ? 1 : 0

/** The e of x = ±m · 2^e with 1 <= m < 2, for a finite x that is not subnormal and not 0. */
export const exponentOf = (x: number): number => {
  number[0] = x
  return ((words[HIGH]! >>> 20) & 0x7ff) - 1023
}

/** The m of x = m · 2^e with 1 <= m < 2, for a finite x > 0 that is not subnormal. */
export const significandOf = (x: number): number => x * powerOfTwo(-exponentOf(x))

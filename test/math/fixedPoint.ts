/**
 * Fixed-point arithmetic on BigInt: the number v is held as floor(v · 2^bits).
 *
 * Slow and plain. The oracle and the coefficient backend stand on it, so it shares nothing with src.
 */

/** The value of num/den with `bits` fractional bits. */
export const ratio = (num: bigint, den: bigint, bits: bigint): bigint => (num << bits) / den

/** The product of two fixed-point numbers. */
export const multiply = (a: bigint, b: bigint, bits: bigint): bigint => (a * b) >> bits

/** The quotient of two fixed-point numbers. */
export const divide = (a: bigint, b: bigint, bits: bigint): bigint => (a << bits) / b

/** The absolute value of a BigInt. */
export const magnitude = (a: bigint): bigint => (a < 0n ? -a : a)

/** How many bits the magnitude of `a` takes; 0 for 0. */
export const bitLength = (a: bigint): number => (a === 0n ? 0 : magnitude(a).toString(2).length)

/** floor(√a), by Newton from above. */
export const squareRoot = (a: bigint): bigint => {
  let root = 1n << BigInt((bitLength(a) + 1) >> 1)
  for (;;) {
    const next = (root + a / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** round(a / 2^shift), halves upward; shifts left when `shift` is negative. */
export const roundShift = (a: bigint, shift: bigint): bigint =>
  shift <= 0n ? a << -shift : (a + (1n << (shift - 1n))) >> shift

/** e^r − 1 for |r| <= 1: r is divided by 2^16, summed by Taylor, and doubled back 16 times. */
export const expm1Series = (r: bigint, bits: bigint): bigint => {
  const halvings = 16n
  const work = bits + 2n * halvings
  const small = r << halvings
  let sum = 0n
  let term = 1n << work
  for (let n = 1n; term !== 0n && term !== -1n; n += 1n) {
    term = multiply(term, small, work) / n
    sum += term
  }
  for (let i = 0n; i < halvings; i += 1n) sum = 2n * sum + multiply(sum, sum, work)
  return sum >> (2n * halvings)
}

/** 2·atanh(s) for |s| < 1/2, by its Taylor series. */
export const twiceAtanhSeries = (s: bigint, bits: bigint): bigint => {
  const square = multiply(s, s, bits)
  let sum = 0n
  let power = 2n * s
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n
    power = multiply(power, square, bits)
  }
  return sum
}

/** Σ (−1)^j r^(2j+start)/(2j+start)!: cos r for start 0, sin r for start 1. */
const alternatingSeries = (r: bigint, start: bigint, bits: bigint): bigint => {
  const square = multiply(r, r, bits)
  let sum = 0n
  let term = start === 0n ? 1n << bits : r
  for (let n = start; term !== 0n && term !== -1n; n += 2n) {
    sum += term
    term = -multiply(term, square, bits) / ((n + 1n) * (n + 2n))
  }
  return sum
}

/** sin r for |r| of a few units at most. */
export const sinSeries = (r: bigint, bits: bigint): bigint => alternatingSeries(r, 1n, bits)

/** cos r for |r| of a few units at most. */
export const cosSeries = (r: bigint, bits: bigint): bigint => alternatingSeries(r, 0n, bits)

const arctanOfInverse = (n: bigint, bits: bigint): bigint => {
  let sum = 0n
  let power = (1n << bits) / n
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += odd % 4n === 1n ? power / odd : -(power / odd)
    power /= n * n
  }
  return sum
}

const guard = 32n
const constantBits = 1500n
// Hutton's formula, where src uses Machin's: a slip in one does not pass into the other.
const longPi =
  8n * arctanOfInverse(3n, constantBits + guard) + 4n * arctanOfInverse(7n, constantBits + guard)
const longLn2 = twiceAtanhSeries(ratio(1n, 3n, constantBits + guard), constantBits + guard)

/** π with up to 1500 fractional bits. */
export const pi = (bits: bigint): bigint => longPi >> (constantBits + guard - bits)

/** ln 2 with up to 1500 fractional bits. */
export const ln2 = (bits: bigint): bigint => longLn2 >> (constantBits + guard - bits)

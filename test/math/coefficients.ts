/**
 * Makes the constants of src/math: the polynomials by interpolation at Chebyshev nodes, in
 * fixed point with 256 bits. A test holds src to them.
 *
 * To print them with Node 22.18 or later, which runs TypeScript:
 * `node -e "import('./test/math/coefficients.ts').then((m) => console.log(m.constants64()))"`
 */
import { bitLength, cosSeries, divide, ln2, multiply, pi, ratio, squareRoot } from './fixedPoint.ts'

const bits = 256n
const one = 1n << bits

/** A function near 0 by its Taylor coefficients, each a rational number. */
type Series = (index: bigint) => readonly [numerator: bigint, denominator: bigint]

type Fit = {
  readonly series: Series
  readonly from: bigint
  readonly to: bigint
  readonly degree: number
}

const factorial = (n: bigint): bigint => (n < 2n ? 1n : n * factorial(n - 1n))
const signAt = (j: bigint): bigint => (j % 2n === 0n ? 1n : -1n)

/** tan x = Σ tangentNumber(n) x^(2n−1)/(2n−1)!: 1, 2, 16, 272, … (Knuth and Buckholtz). */
const tangentNumbers = (count: number): readonly bigint[] => {
  const t = Array.from({ length: count }, (_, i) => factorial(BigInt(i)))
  for (let k = 1; k < count; k += 1) {
    for (let j = k; j < count; j += 1) {
      t[j] = BigInt(j - k) * (t[j - 1] ?? 0n) + BigInt(j - k + 2) * (t[j] ?? 0n)
    }
  }
  return t
}

const tangents = tangentNumbers(120)
const tangentNumber = (n: bigint): bigint => tangents[Number(n) - 1] ?? 0n

const evaluate = (series: Series, x: bigint): bigint => {
  let sum = 0n
  let power = one
  for (let j = 0n; power !== 0n && power !== -1n; j += 1n) {
    const [numerator, denominator] = series(j)
    sum += (power * numerator) / denominator
    power = multiply(power, x, bits)
  }
  return sum
}

const chebyshevNodes = ({ from, to, degree }: Fit): readonly bigint[] => {
  const count = BigInt(degree + 1)
  return Array.from({ length: degree + 1 }, (_, i) => {
    const angle = (pi(bits) * (2n * BigInt(i) + 1n)) / (2n * count)
    return (from + to + multiply(to - from, cosSeries(angle, bits), bits)) / 2n
  })
}

/** Newton's divided differences, level by level, in place. */
const dividedDifferences = (nodes: readonly bigint[], values: readonly bigint[]): bigint[] => {
  const table = [...values]
  for (let level = 1; level < table.length; level += 1) {
    for (let i = table.length - 1; i >= level; i -= 1) {
      const rise = (table[i] ?? 0n) - (table[i - 1] ?? 0n)
      const run = (nodes[i] ?? 0n) - (nodes[i - level] ?? 0n)
      table[i] = divide(rise, run, bits)
    }
  }
  return table
}

/** Horner on Newton's form, multiplying polynomials out: p ← p · (x − node) + difference. */
const monomials = (nodes: readonly bigint[], differences: readonly bigint[]): readonly bigint[] => {
  let polynomial: readonly bigint[] = []
  for (let i = nodes.length - 1; i >= 0; i -= 1) {
    const node = nodes[i] ?? 0n
    const raised = [differences[i] ?? 0n, ...polynomial]
    const lowered = polynomial
    polynomial = raised.map((c, power) => c - multiply(lowered[power] ?? 0n, node, bits))
  }
  return polynomial
}

const fit = (problem: Fit): readonly number[] => {
  const nodes = chebyshevNodes(problem)
  const values = nodes.map((x) => evaluate(problem.series, x))
  const exact = monomials(nodes, dividedDifferences(nodes, values))
  return exact.map(toNumber)
}

const decimal = (thousandths: bigint): bigint => ratio(thousandths, 1000n, bits)

/** e^r = 1 + r + … + r^(start−1)/(start−1)! + r^start · series(r). */
const expTail =
  (start: bigint): Series =>
  (j) => [1n, factorial(j + start)]

/** 2·atanh(s) = 2s + s · z · series(z), z = s². */
const atanhTail: Series = (j) => [2n, 2n * j + 3n]

/** sin r = r + r · z · series(z), z = r². */
const sinTail: Series = (j) => [-signAt(j), factorial(2n * j + 3n)]

/** cos r = 1 − z/2 + z² · series(z), z = r². */
const cosTail: Series = (j) => [signAt(j), factorial(2n * j + 4n)]

/** tanh x = x · (1 + z · series(z)), z = x². */
const tanhTail: Series = (j) => {
  const n = tangentNumber(j + 2n)
  return [-signAt(j) * n, factorial(2n * j + 3n)]
}

// Half of ln 2 is 0.3466; (√2 − 1)² / (√2 + 1)² is 0.02944; (π/4)² is 0.6169.
const halfLn2 = decimal(347n)
const atanhEnd = ratio(2945n, 100000n, bits)
const trigEnd = decimal(618n)
const sqrt2 = squareRoot(one << (bits + 1n))

const single = (coefficients: readonly number[]): readonly number[] => coefficients.map(Math.fround)

const toNumber = (fixed: bigint): number => Number(fixed) / Number(one)

/** Parts that add up to `value`: each of the given number of bits, the last one just rounded. */
const split = (value: bigint, lengths: readonly number[], round: (x: number) => number) => {
  let rest = value
  const parts = lengths.map((length) => {
    const drop = BigInt(bitLength(rest) - length)
    const part = (rest >> drop) << drop
    rest -= part
    return toNumber(part)
  })
  return [...parts, round(toNumber(rest))]
}

const identity = (x: number): number => x
const halfPi = pi(bits) / 2n

/** The constants of src/math/f64/constants.ts, lowest power first. */
export const constants64 = () => ({
  EXP: fit({ series: expTail(3n), from: -halfLn2, to: halfLn2, degree: 10 }),
  LOG: fit({ series: atanhTail, from: 0n, to: atanhEnd, degree: 7 }),
  SIN: fit({ series: sinTail, from: 0n, to: trigEnd, degree: 6 }),
  COS: fit({ series: cosTail, from: 0n, to: trigEnd, degree: 6 }),
  LN2: split(ln2(bits), [32], identity),
  HALF_PI: split(halfPi, [33, 33, 33], identity),
  INVERSE_LN2: toNumber(divide(one, ln2(bits), bits)),
  INVERSE_HALF_PI: toNumber(divide(one, halfPi, bits)),
  SQRT2: toNumber(sqrt2),
})

/** The constants of src/math/f32/constants.ts, lowest power first. */
export const constants32 = () => ({
  EXP: single(fit({ series: expTail(2n), from: -halfLn2, to: halfLn2, degree: 5 })),
  EXP_SHORT: single(fit({ series: expTail(2n), from: -halfLn2, to: halfLn2, degree: 4 })),
  TANH: single(fit({ series: tanhTail, from: 0n, to: decimal(317n), degree: 4 })),
  LOG: single(fit({ series: atanhTail, from: 0n, to: atanhEnd, degree: 3 })),
  SIN: single(fit({ series: sinTail, from: 0n, to: trigEnd, degree: 3 })),
  COS: single(fit({ series: cosTail, from: 0n, to: trigEnd, degree: 2 })),
  LN2: split(ln2(bits), [15], Math.fround),
  HALF_PI: split(halfPi, [11, 11, 11], Math.fround),
  INVERSE_LN2: Math.fround(toNumber(divide(one, ln2(bits), bits))),
  INVERSE_HALF_PI: Math.fround(toNumber(divide(one, halfPi, bits))),
  SQRT2: Math.fround(toNumber(sqrt2)),
})

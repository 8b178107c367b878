/**
 * The oracle in double-double arithmetic, about 95 bits: a microsecond where BigInt takes twenty.
 * A test checks it against the BigInt oracle. Math serves for first guesses, which do not matter.
 *
 * One accumulator is added to and multiplied in place, so that nothing allocates.
 */
import { ln2, pi, ratio } from './fixedPoint.ts'
import { type Exact, exponentOf, scale } from './ulp.ts'

type Pair = readonly [high: number, low: number]

const bits = 300n
const unit = Number(1n << bits)

const toPair = (fixed: bigint): Pair => {
  const high = Number(fixed)
  return [high / unit, Number(fixed - BigInt(high)) / unit]
}

const acc = { high: 0.5, low: 0.5 }

const set = (high: number, low: number): void => {
  acc.high = high
  acc.low = low
}

const add = (high: number, low: number): void => {
  const sum = acc.high + high
  const part = sum - acc.high
  const tail = acc.high - (sum - part) + (high - part) + (acc.low + low)
  acc.high = sum + tail
  acc.low = sum - acc.high + tail
}

const productError = (a: number, b: number, product: number): number => {
  const aSpread = 134217729 * a
  const aHigh = aSpread - (aSpread - a)
  const aLow = a - aHigh
  const bSpread = 134217729 * b
  const bHigh = bSpread - (bSpread - b)
  const bLow = b - bHigh
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
}

const multiplyBy = (high: number, low: number): void => {
  const product = acc.high * high
  const tail = productError(acc.high, high, product) + (acc.high * low + acc.low * high)
  acc.high = product + tail
  acc.low = product - acc.high + tail
}

const factorial = (n: number): bigint => (n < 2 ? 1n : BigInt(n) * factorial(n - 1))

/** ±1/n! for the powers n of a Taylor series, the highest first: high and low parts in turn. */
const taylor = (powers: readonly number[], alternating: boolean): Float64Array =>
  Float64Array.from(
    powers.flatMap((n, j) => {
      const sign = alternating && j % 2 === 1 ? -1n : 1n
      return toPair(ratio(sign, factorial(n), bits))
    }),
  ).toReversed()

const expTaylor = taylor([1, 2, 3, 4, 5, 6, 7, 8, 9], false)
const sinTaylor = taylor([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27], true)
const cosTaylor = taylor([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26], true)

/** acc ← the polynomial of a Taylor table at high + low, by Horner. */
const polynomial = (table: Float64Array, high: number, low: number): void => {
  set(0, 0)
  for (let i = 0; i < table.length; i += 2) {
    multiplyBy(high, low)
    // Reversed, so the low part comes first.
    add(table[i + 1] ?? 0, table[i] ?? 0)
  }
}

/** acc ← e^acc − 1 for |acc| <= 0.4: a 512th of it by Taylor, doubled back 9 times. */
const expm1 = (): void => {
  const high = acc.high / 512
  const low = acc.low / 512
  polynomial(expTaylor, high, low)
  multiplyBy(high, low)
  for (let i = 0; i < 9; i += 1) {
    const halfHigh = acc.high
    const halfLow = acc.low
    multiplyBy(halfHigh, halfLow)
    add(2 * halfHigh, 2 * halfLow)
  }
}

// ln 2 in 40, 53 and 53 bits: an exponent times the first is exact.
const ln2First = Number(ln2(40n)) / Number(1n << 40n)
const [ln2Second, ln2Third] = toPair(ln2(bits) - (ln2(40n) << (bits - 40n)))

/** acc ← acc + k · ln 2. */
const addLn2 = (k: number): void => {
  add(k * ln2First, 0)
  const product = k * ln2Second
  add(product, productError(k, ln2Second, product) + k * ln2Third)
}

const exp = (x: number, out: Exact): void => {
  const c = Math.min(Math.max(x, -2000), 2000)
  const k = Math.round(c / Math.LN2)
  set(c, 0)
  addLn2(-k)
  expm1()
  add(1, 0)
  out.high = acc.high
  out.low = acc.low
  out.exponent = k
}

const give = (out: Exact): void => {
  out.high = acc.high
  out.low = acc.low
  out.exponent = 0
}

const tanh = (x: number, out: Exact): void => {
  if (Math.abs(x) < 1e-15) {
    set(x, (-x * x * x) / 3)
    return give(out)
  }
  const a = Math.min(Math.abs(x), 60)
  const k = Math.round((2 * a) / Math.LN2)
  set(2 * a, 0)
  addLn2(-k)
  expm1()
  set(scale(acc.high, k), scale(acc.low, k))
  add(scale(1, k) - 1, 0)
  const tHigh = acc.high
  const tLow = acc.low
  add(2, 0)
  const bottomHigh = acc.high
  const bottomLow = acc.low
  // Long division, a quotient digit of 53 bits at a time.
  const first = tHigh / bottomHigh
  multiplyBy(-first, 0)
  add(tHigh, tLow)
  const second = acc.high / bottomHigh
  const restHigh = acc.high
  const restLow = acc.low
  set(bottomHigh, bottomLow)
  multiplyBy(-second, 0)
  add(restHigh, restLow)
  const third = acc.high / bottomHigh
  set(first, 0)
  add(second, third)
  if (x < 0) set(-acc.high, -acc.low)
  give(out)
}

/** acc ← ln(1 + high + low) near 1: a step of Newton's on e^y, from Math.log1p. */
const logNear1 = (high: number, low: number): void => {
  const guess = Math.log1p(high)
  set(-guess, 0)
  expm1()
  const eHigh = acc.high
  const eLow = acc.low
  multiplyBy(high, low)
  add(eHigh, eLow)
  add(high, low)
  const residual = acc.high
  add(guess, (-residual * residual) / 2)
}

/** acc ← ln(high + low) for high > 0. */
const logOf = (high: number, low: number): void => {
  const small = high < 1e-290 ? 200 : 0
  const exponent = exponentOf(scale(high, small)) - small
  const k = scale(high, -exponent) > 1.5 ? exponent + 1 : exponent
  set(scale(high, -k), 0)
  add(-1, 0)
  add(scale(low, -k), 0)
  logNear1(acc.high, acc.low)
  addLn2(k)
}

const log = (x: number, out: Exact): void => {
  logOf(x, 0)
  give(out)
}

const log1p = (x: number, out: Exact): void => {
  if (Math.abs(x) < 1e-30) set(x, (-x * x) / 2)
  else if (x > -0.25 && x < 0.25) logNear1(x, 0)
  else {
    set(1, 0)
    add(x, 0)
    logOf(acc.high, acc.low)
  }
  give(out)
}

const fraction = 200n
const inverseBits = 1300n
const halfPi = pi(fraction) / 2n
const inverseHalfPi = (1n << (inverseBits + 1300n + 1n)) / pi(1300n)
const windows = new Map<number, bigint>()

/** The bits of 2/π that matter for significands times 2^shift: whole turns are dropped. */
const windowOf = (shift: number): bigint => {
  const known = windows.get(shift)
  if (known !== undefined) return known
  const kept = fraction + 60n + BigInt(shift)
  const made = BigInt.asUintN(262, kept < 0n ? 0n : inverseHalfPi >> (inverseBits - kept))
  windows.set(shift, made)
  return made
}

/** acc ← |x| − n · π/2, by BigInt. Returns n modulo 4. */
const reduce = (a: number): number => {
  const shift = exponentOf(a) - 52
  const product = BigInt(scale(a, -shift)) * windowOf(shift)
  const turns = BigInt.asUintN(202, product >> 60n)
  const n = (turns + (1n << (fraction - 1n))) >> fraction
  const angle = (turns - (n << fraction)) * halfPi
  const high = Number(angle)
  set(scale(high, -400), scale(Number(angle - BigInt(high)), -400))
  return Number(n)
}

const sinTurned = (x: number, turns: number, out: Exact): void => {
  const a = Math.abs(x)
  set(a, 0)
  const n = (a > 0.75 ? reduce(a) : 0) + turns
  const high = acc.high
  const low = acc.low
  multiplyBy(high, low)
  polynomial(n % 2 === 0 ? sinTaylor : cosTaylor, acc.high, acc.low)
  if (n % 2 === 0) multiplyBy(high, low)
  if ((n & 2) !== 0) set(-acc.high, -acc.low)
  if (turns === 0 && x < 0) set(-acc.high, -acc.low)
  give(out)
}

const sin = (x: number, out: Exact): void => {
  if (Math.abs(x) >= 1e-10) return sinTurned(x, 0, out)
  set(x, (-x * x * x) / 6)
  give(out)
}

const cos = (x: number, out: Exact): void => {
  if (Math.abs(x) >= 1e-10) return sinTurned(x, 1, out)
  set(1, (-x * x) / 2)
  give(out)
}

/** The functions by name: each writes f(x) to `out`. Arguments as for the BigInt oracle. */
export const quickOracle = { exp, log, log1p, tanh, sin, cos }

import { exponentOf, powerOfTwo, significandOf } from './bits.ts'

/** An angle as n · π/2 + r + rLow with |r| <= π/4; n counts quarter turns, modulo 4. */
export interface ReducedAngle {
  readonly n: number
  readonly r: number
  readonly rLow: number
}

/** The largest exponent is 971 for an integer significand: 200 bits stay below the point. */
const PRECISION = 1172n

const arctanOfInverse = (n: bigint, bits: bigint): bigint => {
  let power = (1n << bits) / n
  let sum = 0n
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += (odd & 2n) === 0n ? power / odd : -(power / odd)
    power /= n * n
  }
  return sum
}

const makeConstants = () => {
  const bits = PRECISION + 32n
  // Machin: π/4 = 4 · arctan(1/5) − arctan(1/239).
  const pi = 16n * arctanOfInverse(5n, bits) - 4n * arctanOfInverse(239n, bits)
  return { inverse: (1n << (bits + PRECISION + 1n)) / pi, halfPi: pi >> (bits - 199n) }
}

let constants: ReturnType<typeof makeConstants> | undefined

/**
 * Reduces a finite |x| >= 2^10 by π/2, with an error below 2^-146.
 * x is an integer times 2^e; times 2/π in fixed point, its integer part is n.
 * The constants are computed at the first call.
 */
export const reduceHuge = (x: number): ReducedAngle => {
  constants ??= makeConstants()
  const { inverse, halfPi } = constants
  const a = Math.abs(x)
  const shift = BigInt(exponentOf(a) - 52)
  const product = BigInt(significandOf(a) * 4503599627370496) * inverse
  const quarterTurns = BigInt.asUintN(202, product >> (PRECISION - shift - 200n))
  const nearest = (quarterTurns + (1n << 199n)) >> 200n
  // Both factors have 200 bits below the point.
  const angle = (quarterTurns - (nearest << 200n)) * halfPi
  const high = Number(angle)
  const low = Number(angle - BigInt(high))
  const scale = powerOfTwo(-400)
  const sign = x < 0 ? -1 : 1
  return { n: sign * Number(nearest), r: sign * high * scale, rLow: sign * low * scale }
}

import { describe, expect, test } from 'vitest'
import { magnitude, pi } from './fixedPoint.ts'
import { functionNames, inputs } from './inputs.ts'
import { agrees, type BigReal, oracle } from './oracle.ts'
import { quickOracle } from './quickOracle.ts'
import { double, type Exact, single, ulpError } from './ulp.ts'

const blank = (): Exact => ({ high: 0.5, low: 0.5, exponent: 0 })

/** Whether a value has the decimals of `text`, all but the last of which must be right. */
const hasDecimals = ({ mantissa, bits }: BigReal, text: string): boolean => {
  const [whole = '', decimals = ''] = text.split('.')
  const places = BigInt(decimals.length)
  const expected = BigInt(whole + decimals) << bits
  const difference = magnitude(mantissa * 10n ** places - expected)
  return difference <= 1n << bits
}

describe('the BigInt oracle', () => {
  // Published decimals; sin(10^22) is the classic check of argument reduction.
  test.each([
    ['exp', 1, '2.71828182845904523536028747135266249775724709369995'],
    ['log', 10, '2.30258509299404568401799145468436420760110148862877'],
    ['log1p', 1, '0.69314718055994530941723212145817656807550013436025'],
    ['tanh', 1, '0.76159415595576488811945828260479359041276859725793'],
    ['sin', 1, '0.84147098480789650665250232163029899962256306079837'],
    ['cos', 1, '0.54030230586813971740093660744297660373231042061792'],
    ['sin', 1e22, '-0.8522008497671888017727'],
  ] as const)('knows %s(%d)', (name, x, decimals) => {
    expect(hasDecimals(oracle[name](x), decimals)).toBe(true)
  })

  test('knows π', () => {
    const value = { mantissa: pi(300n), bits: 300n }
    expect(hasDecimals(value, '3.14159265358979323846264338327950288419716939937510')).toBe(true)
  })
})

describe('the quick oracle agrees with the BigInt oracle to 90 bits', () => {
  test.each(functionNames)('on 20,000 arguments of %s', (name) => {
    const out = blank()
    const wrong: number[] = []
    for (const isSingle of [false, true]) {
      const next = inputs(name, isSingle, 7)
      for (let i = 0; i < 10_000; i += 1) {
        const x = next()
        quickOracle[name](x, out)
        if (!agrees(out, oracle[name](x), 90n)) wrong.push(x)
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('an error in ulps', () => {
  test('is 1 from a number to the next one', () => {
    expect(ulpError(1 + Number.EPSILON, { high: 1, low: 0, exponent: 0 }, double)).toBe(1)
    expect(ulpError(1 + 2 ** -23, { high: 1, low: 0, exponent: 0 }, single)).toBe(1)
  })

  test('is counted in the binade below for a hair less than a power of two', () => {
    expect(ulpError(1 - 2 ** -52, { high: 1, low: -(2 ** -100), exponent: 0 }, double)).toBeCloseTo(
      2,
    )
  })

  test('is counted in least subnormals where the result is subnormal', () => {
    expect(ulpError(0, { high: 1.5, low: 0, exponent: -1074 }, double)).toBe(1.5)
    expect(ulpError(2 ** -149, { high: 1.5, low: 0, exponent: -149 }, single)).toBe(0.5)
  })

  test('is 0 for an Infinity that is due, large for one that is not, NaN for NaN', () => {
    expect(ulpError(Infinity, { high: 1, low: 0, exponent: 1024 }, double)).toBe(0)
    expect(ulpError(Infinity, { high: 1, low: 0, exponent: 1023 }, double)).toBe(2 ** 52)
    expect(ulpError(NaN, { high: 1, low: 0, exponent: 0 }, double)).toBeNaN()
  })
})

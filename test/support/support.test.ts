import { describe, expect, test } from 'vitest'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose, numericGrad } from './centralDifference.ts'
import { chiSquareP, gammaQ, kolmogorovSmirnovP, normalCdf } from './statistics.ts'

describe('the measuring instruments', () => {
  test('Φ as tabled (Abramowitz and Stegun, table 26.1)', () => {
    expectClose(normalCdf(0), 0.5, 0, 1e-15)
    expectClose(normalCdf(1), 0.841344746068543, 0, 1e-14)
    expectClose(normalCdf(-2), 0.02275013194817921, 1e-12, 0)
    expectClose(normalCdf(5), 0.9999997133484281, 0, 1e-15)
  })

  test('the upper 5 % and 0.1 % points of χ² as tabled (table 26.8)', () => {
    expectClose(gammaQ(10 / 2, 18.307038053275146 / 2), 0.05, 1e-10, 0)
    expectClose(gammaQ(1 / 2, 10.827566170662733 / 2), 0.001, 1e-10, 0)
    expectClose(gammaQ(100 / 2, 124.34211340400407 / 2), 0.05, 1e-10, 0)
  })

  test('the 5 % point of Kolmogorov’s distribution is 1.3581', () => {
    const n = 1_000_000
    const off = 1.3581 / Math.sqrt(n) - 0.5 / n
    const draws = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n)
    expectClose(
      kolmogorovSmirnovP(draws, (x) => x - off),
      0.05,
      0.01,
      0,
    )
  })

  test('chi-square: even counts are too good, a skewed die is found, the impossible has p = 0', () => {
    expect(chiSquareP([100, 100, 100], [1 / 3, 1 / 3, 1 / 3])).toBe(1)
    expect(chiSquareP([1300, 1000, 1000], [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(1e-9)
    expect(chiSquareP([10, 1], [1, 0])).toBe(0)
  })

  test('numericGrad meets known derivatives to 1e-10', () => {
    const x = [0.3, -2, 40]
    expectClose(
      numericGrad((v) => Math.exp(v[0]!) * v[1]! + Math.sin(v[2]!), x),
      [-2 * Math.exp(0.3), Math.exp(0.3), Math.cos(40)],
      1e-7,
      1e-9,
    )
  })

  test('expectClose refuses what is far, NaN, or of another length', () => {
    expect(() => expectClose(1, 1.1, 1e-3, 0)).toThrow('expected 1.1')
    expect(() => expectClose(NaN, NaN, 1, 1)).toThrow('NaN')
    expect(() => expectClose([1, 2], [1], 1, 1)).toThrow('as many')
    expectClose([Infinity, 1], [Infinity, 1], 0, 0)
  })

  test('expectPure finds a written input and a changing answer', () => {
    const input = { deep: [Float32Array.of(1, 2)] }
    expect(() => expectPure((x) => (x.deep[0]![1] = 3), input)).toThrow('argument 0')
    let calls = 0
    expect(() => expectPure(() => calls++)).toThrow('second answer')
    expect(expectPure((x) => x.deep[0]!.length, input)).toBe(2)
  })

  test('expectSameBits tells −0 from 0 and f32 from f64', () => {
    expectSameBits([NaN, { a: 0 }], [NaN, { a: 0 }])
    expect(() => expectSameBits(-0, 0)).toThrow('-0')
    expect(() => expectSameBits(Float32Array.of(-0), Float32Array.of(0))).toThrow('equal')
    expect(() => expectSameBits(Float32Array.of(1), Float64Array.of(1))).toThrow('equal')
  })
})

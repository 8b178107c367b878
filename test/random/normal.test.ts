import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { key } from '../../src/random/key.ts'
import { normal } from '../../src/random/normal.ts'
import { uniform } from '../../src/random/uniform.ts'
import { cast, data, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { correlation, kolmogorovSmirnovP, normalCdf } from '../support/statistics.ts'

const keys = fc.maxSafeNat().map(key)

describe.for(['f32', 'f64'] as const)('normal in %s', (type) => {
  test.prop({ k: keys, few: fc.nat(40), more: fc.nat(40) })(
    'draw i does not depend on how many are drawn, odd counts included',
    ({ k, few, more }) => {
      expect(toArray(normal(k, ['i'], [few + more], type)).slice(0, few)).toStrictEqual(
        toArray(normal(k, ['i'], [few], type)),
      )
    },
  )

  test.prop({ k: keys, m: fc.nat(5), n: fc.nat(5) })(
    'fills any shape, and is finite',
    ({ k, m, n }) => {
      const t = expectPure((x) => normal(x, ['a', 'b'], [m, n], type), k)
      expect([t.dims, t.shape, t.dtype]).toStrictEqual([['a', 'b'], [m, n], type])
      expect(toArray(t)).toStrictEqual(toArray(normal(k, ['i'], [m * n], type)))
      expect(toArray(t).every(Number.isFinite)).toBe(true)
    },
  )

  const n = 100_000
  const x = data(normal(key(2), ['i'], [n], type))

  // Both tails at 10⁻⁶: 2 seeds in 10⁶ fail.
  test('Kolmogorov and Smirnov do not reject Φ on 10⁵ draws', () => {
    const p = kolmogorovSmirnovP(x, normalCdf)
    expect(p).toBeGreaterThan(1e-6)
    expect(p).toBeLessThan(1 - 1e-6)
  })

  // The j-th moment of n draws is that of Φ ± √(Var xʲ / n): variances 1, 2, 15, 96. 5 σ four
  // times: 2 seeds in 10⁶ fail.
  test('mean 0, variance 1, skewness 0, kurtosis 3', () => {
    for (const [power, moment, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ] as const) {
      let total = 0
      for (let i = 0; i < n; i++) total += x[i]! ** power
      expect(Math.abs(total / n - moment)).toBeLessThan(5 * Math.sqrt(variance / n))
    }
  })

  // 5 σ twice: one seed in 10⁶ fails.
  test('the two numbers of a pair are uncorrelated, and so are their squares', () => {
    const even = Array.from({ length: n / 2 }, (_, i) => x[2 * i]!)
    const odd = Array.from({ length: n / 2 }, (_, i) => x[2 * i + 1]!)
    const square = (v: readonly number[]): number[] => v.map((z) => z * z)
    expect(Math.abs(correlation(even, odd))).toBeLessThan(5 / Math.sqrt(n / 2))
    expect(Math.abs(correlation(square(even), square(odd)))).toBeLessThan(5 / Math.sqrt(n / 2))
  })
})

test.prop({ k: keys })(
  'two draws are Box and Muller’s of two uniform draws of the key',
  ({ k }) => {
    const u = toArray(uniform(k, ['i'], [20], 'f64'))
    const expected = u.map((_, i) => {
      const [first, second] = [u[i - (i % 2)]!, u[i - (i % 2) + 1]!]
      const angle = 2 * Math.PI * second
      return Math.sqrt(-2 * Math.log(1 - first)) * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle))
    })
    expectClose(toArray(normal(k, ['i'], [20], 'f64')), expected, 1e-9, 1e-14)
  },
)

test.prop({ k: keys })('f32 draws are the f64 draws, rounded', ({ k }) => {
  expect(toArray(normal(k, ['i'], [9]))).toStrictEqual(
    toArray(cast(normal(k, ['i'], [9], 'f64'), 'f32')),
  )
})

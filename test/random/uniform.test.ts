import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { key } from '../../src/random/key.ts'
import { uniform, uniformAt } from '../../src/random/uniform.ts'
import { data, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { chiSquareP, correlation, kolmogorovSmirnovP } from '../support/statistics.ts'

const keys = fc.maxSafeNat().map(key)

describe.for(['f32', 'f64'] as const)('uniform in %s', (type) => {
  test.prop({ k: keys, few: fc.nat(40), more: fc.nat(40) })(
    'draw i does not depend on how many are drawn',
    ({ k, few, more }) => {
      expect(toArray(uniform(k, ['i'], [few + more], type)).slice(0, few)).toStrictEqual(
        toArray(uniform(k, ['i'], [few], type)),
      )
    },
  )

  test.prop({ k: keys, m: fc.nat(6), n: fc.nat(6) })(
    'draws fill any shape in row-major order',
    ({ k, m, n }) => {
      const t = expectPure((x) => uniform(x, ['a', 'b'], [m, n], type), k)
      expect([t.dims, t.shape, t.dtype]).toStrictEqual([['a', 'b'], [m, n], type])
      expect(toArray(t)).toStrictEqual(toArray(uniform(k, ['i'], [m * n], type)))
    },
  )

  const unit = type === 'f32' ? 2 ** 24 : 2 ** 53
  test.prop({ k: keys })('draws are multiples of 2⁻²⁴ (f32) or 2⁻⁵³ (f64) in [0, 1)', ({ k }) => {
    for (const x of toArray(uniform(k, ['i'], [100], type))) {
      expect(Number.isInteger(x * unit)).toBe(true)
      expect(x >= 0 && x < 1).toBe(true)
    }
  })

  // n/2 ± 5 σ ones, σ = √n / 2, in each of 24 or 53 bits: 3 seeds in 10⁵ fail.
  test('every bit is fair, from the first to the last', () => {
    const n = 10_000
    let rest = toArray(uniform(key(4), ['i'], [n], type))
    for (let bit = 1; bit <= Math.log2(unit); bit++) {
      rest = rest.map((x) => (x * 2) % 2)
      const ones = rest.filter((x) => x >= 1).length
      expect(Math.abs(ones - n / 2), `bit ${bit}`).toBeLessThan((5 * Math.sqrt(n)) / 2)
      rest = rest.map((x) => x % 1)
    }
  })

  // Both tails at 10⁻⁶: 2 seeds in 10⁶ fail each test.
  const n = 100_000
  const x = data(uniform(key(1), ['i'], [n], type))

  test('100 equal bins hold equally many: χ² over 10⁵ draws', () => {
    const counts = Array.from({ length: 100 }, () => 0)
    for (let i = 0; i < n; i++) {
      const bin = Math.floor(x[i]! * 100)
      counts[bin] = counts[bin]! + 1
    }
    const p = chiSquareP(
      counts,
      counts.map(() => 1 / 100),
    )
    expect(p).toBeGreaterThan(1e-6)
    expect(p).toBeLessThan(1 - 1e-6)
  })

  test('Kolmogorov and Smirnov do not reject it on 10⁵ draws', () => {
    const p = kolmogorovSmirnovP(x, (u) => u)
    expect(p).toBeGreaterThan(1e-6)
    expect(p).toBeLessThan(1 - 1e-6)
  })

  test('neighbours are uncorrelated: |r| < 5 σ at lags 1, 2 and 3 (2 seeds in 10⁶ fail)', () => {
    for (const lag of [1, 2, 3]) {
      const r = correlation(Array.from(x).slice(lag), Array.from(x).slice(0, n - lag))
      expect(Math.abs(r)).toBeLessThan(5 / Math.sqrt(n))
    }
  })
})

test('draws are f32 by default', () => {
  expect(uniform(key(0), ['i'], [1]).dtype).toBe('f32')
})

test.prop({ k: keys, i: fc.nat(40) })(
  'uniformAt draws one of the f64 numbers alone',
  ({ k, i }) => {
    const all = data(uniform(k, ['i'], [i + 1], 'f64'))
    expect([uniformAt(k, i), uniformAt(k)]).toStrictEqual([all[i], all[0]])
  },
)

test.each([-1, 0.5, NaN, 2 ** 32, '1'])('uniformAt refuses %o as an index', (i) => {
  expect(() => uniformAt(key(1), i as number)).toThrow(
    /^i: expected a whole number from 0 to 2\^32 - 1, got /,
  )
})

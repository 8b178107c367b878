import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { key, split } from '../../src/random/key.ts'
import { permutation } from '../../src/random/permutation.ts'
import { toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { chiSquareP } from '../support/statistics.ts'

const keys = fc.maxSafeNat().map(key)

describe('permutation', () => {
  test.prop({ k: keys, n: fc.nat(200) })('holds each of 0 … n − 1 once', ({ k, n }) => {
    const t = expectPure((x: typeof k) => permutation(x, 'sample', n), k)
    expect([t.dims, t.shape, t.dtype]).toStrictEqual([['sample'], [n], 'i32'])
    expect(toArray(t).toSorted((a, b) => a - b)).toStrictEqual(
      Array.from({ length: n }, (_, i) => i),
    )
  })

  // Both tails at 10⁻⁶: 2 seeds in 10⁶ fail each test.
  test('all 24 orders of 4 come equally often: χ² over 24 000 keys', () => {
    const many: number = 24_000
    const counts = new Map<string, number>()
    for (const k of split(key(3), many)) {
      const order = toArray(permutation(k, 'i', 4)).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    const p = chiSquareP(
      [...counts.values()],
      Array.from({ length: 24 }, () => 1 / 24),
    )
    expect(p).toBeGreaterThan(1e-6)
    expect(p).toBeLessThan(1 - 1e-6)
  })

  test('every number comes to every place equally often: χ² over 10 × 10 and 10 000 keys', () => {
    const few: number = 10_000
    const counts = Array.from({ length: 100 }, () => 0)
    for (const k of split(key(5), few))
      for (const [place, i] of toArray(permutation(k, 'i', 10)).entries())
        counts[place * 10 + i] = counts[place * 10 + i]! + 1
    for (let place = 0; place < 10; place++) {
      const row = counts.slice(place * 10, (place + 1) * 10)
      expect(
        chiSquareP(
          row,
          row.map(() => 1 / 10),
        ),
      ).toBeGreaterThan(1e-7)
    }
  })
})

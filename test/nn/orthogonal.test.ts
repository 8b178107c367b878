import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { orthogonal } from '../../src/nn/orthogonal.ts'
import { key } from '../../src/random/key.ts'
import { matmul } from '../../src/tensor/matmul.ts'
import { cast, reshape, toArray, transpose, type Tensor } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

const keys = fc.maxSafeNat().map(key)
const sides = fc.integer({ min: 1, max: 12 })

/** WᵀW where W is tall, WWᵀ where it is wide: the square of the smaller side. */
const gram = (w: Tensor<['in', 'out']>): Tensor => {
  const other = transpose(w)
  const [inputs, outputs] = w.shape
  return inputs >= outputs
    ? matmul(other, reshape(w, ['in', 'again'], w.shape))
    : matmul(w, reshape(other, ['out', 'again'], other.shape))
}

const diagonal = (n: number, x: number): number[] =>
  Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? x : 0))

describe('orthogonal', () => {
  test.prop({ k: keys, i: sides, o: sides, gain: fc.constantFrom(1, Math.SQRT2, 0.01) })(
    'WᵀW = gain² I (WWᵀ where W is wide), to 1e-12 in f64',
    ({ k, i, o, gain }) => {
      const w = expectPure((x) => orthogonal(x, i, o, gain, 'f64'), k)
      expect([w.dims, w.shape, w.dtype]).toStrictEqual([['in', 'out'], [i, o], 'f64'])
      expectClose(toArray(gram(w)), diagonal(Math.min(i, o), gain * gain), 0, 1e-12 * gain * gain)
    },
  )

  // Among 300 there are nearly parallel Gaussian vectors, where one pass leaves 3e-13.
  test('the second pass pays: 300 small matrices are orthogonal to 1e-14', () => {
    for (let seed = 0; seed < 300; seed++)
      expectClose(toArray(gram(orthogonal(key(seed), 3, 3, 1, 'f64'))), diagonal(3, 1), 0, 1e-14)
  })

  test('stays orthogonal to 1e-12 at the size of a real layer', () => {
    const w = orthogonal(key(1), 64, 64, 1, 'f64')
    expectClose(toArray(gram(w)), diagonal(64, 1), 0, 1e-12)
  })

  test.prop({ k: keys, i: sides, o: sides })('f32 is f64, rounded', ({ k, i, o }) => {
    const w = orthogonal(k, i, o, Math.SQRT2)
    expect(w.dtype).toBe('f32')
    expect(toArray(w)).toStrictEqual(toArray(cast(orthogonal(k, i, o, Math.SQRT2, 'f64'), 'f32')))
  })

  test.prop({ a: keys, b: keys, n: fc.integer({ min: 2, max: 6 }) })(
    'different keys give different matrices',
    ({ a, b, n }) => {
      fc.pre(a.words.join() !== b.words.join())
      expect(toArray(orthogonal(a, n, n, 1))).not.toEqual(toArray(orthogonal(b, n, n, 1)))
    },
  )

  // By symmetry every entry of a random 4 × 4 orthogonal matrix has mean 0 and mean square ¼; its
  // variance is ¼ and that of its square is E x⁴ − 1/16 = 3/24 − 1/16 = 1/16. Sixteen entries,
  // 5 σ twice: 2 seeds in 10⁵ fail.
  test('prefers no direction: entries have mean 0 and mean square 1 / n', () => {
    const n = 2000
    const total = new Float64Array(16)
    const squares = new Float64Array(16)
    for (let seed = 0; seed < n; seed++)
      for (const [at, x] of toArray(orthogonal(key(seed), 4, 4, 1, 'f64')).entries()) {
        total[at] = total[at]! + x
        squares[at] = squares[at]! + x * x
      }
    for (const x of total) expect(Math.abs(x / n)).toBeLessThan(5 * Math.sqrt(1 / 4 / n))
    for (const x of squares) expect(Math.abs(x / n - 1 / 4)).toBeLessThan(5 * Math.sqrt(1 / 16 / n))
  })
})

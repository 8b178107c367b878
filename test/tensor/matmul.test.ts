import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { matmul } from '../../src/tensor/matmul.ts'
import { of, reshape, toArray, transpose, type Tensor } from '../../src/tensor/tensor.ts'
import { matrixOf, size } from '../support/arbitrary.ts'
import { expectPure } from '../law/purity.ts'

const operands = (type: 'f32' | 'f64') =>
  fc
    .tuple(size(6), size(6), size(6))
    .chain(([m, k, n]) => fc.tuple(matrixOf(type, m, k), matrixOf(type, k, n)))

const renamed = (t: Tensor<['row', 'column']>): Tensor<['column', 'other']> =>
  reshape(t, ['column', 'other'], t.shape)

const naive = (
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
  n: number,
  round: (x: number) => number,
): number[] =>
  a.flatMap((row) =>
    Array.from({ length: n }, (_, j) =>
      row.reduce((c, x, q) => round(c + round(x * b[q]![j]!)), 0),
    ),
  )

describe.for([
  ['f32', Math.fround],
  ['f64', (x: number) => x],
] as const)('matmul in %s', ([type, round]) => {
  test.prop({ ab: operands(type) })(
    'C[m, n] = Σₖ A[m, k] B[k, n] in rising k, every product and sum rounded',
    ({ ab: [a, b] }) => {
      const right = renamed(b.t)
      const c = expectPure(matmul<'row', 'column', 'other'>, a.t, right)
      expect([c.dims, c.shape, c.dtype]).toStrictEqual([
        ['row', 'other'],
        [a.t.shape[0], b.t.shape[1]],
        type,
      ])
      expect(toArray(c)).toStrictEqual(naive(a.rows, b.rows, b.t.shape[1], round))
    },
  )
})

describe('matmul', () => {
  test.prop({ ab: operands('f64') })('(A B)ᵀ = Bᵀ Aᵀ, to the bit', ({ ab: [a, b] }) => {
    const right = renamed(b.t)
    expect(toArray(transpose(matmul(a.t, right)))).toStrictEqual(
      toArray(matmul(transpose(right), transpose(a.t))),
    )
  })

  test('a product by hand', () => {
    const a = of(['i', 'k'], [2, 3], [1, 2, 3, 4, 5, 6])
    const b = of(['k', 'j'], [3, 2], [7, 8, 9, 10, 11, 12])
    expect(toArray(matmul(a, b))).toStrictEqual([58, 64, 139, 154])
  })

  test('an empty inner dimension gives zeros', () => {
    const c = matmul(of(['i', 'k'], [2, 0], []), of(['k', 'j'], [0, 2], []))
    expect(toArray(c)).toStrictEqual([0, 0, 0, 0])
  })
})

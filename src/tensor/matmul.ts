import { expectShape } from './check.ts'
import { promote } from './elementwise.ts'
import { allocate, data, expectTensor, own, type Tensor } from './tensor.ts'

/**
 * The matrix product C[m,n] = Σₖ A[m,k] B[k,n]. The inner dimensions must have one name: types check
 * it at compile time, and names and sizes are checked again at run time.
 *
 * This loop defines the order of summation of every fast kernel: products are added in rising k, and
 * each product and each sum is rounded to the element type.
 *
 * @throws RangeError when the inner dimensions differ
 */
export const matmul = <M extends string, K extends string, N extends string>(
  a: Tensor<[M, K]>,
  b: Tensor<[NoInfer<K>, N]>,
): Tensor<[M, N]> => {
  expectTensor('a', a)
  expectTensor('b', b)
  const [m, k] = a.shape
  const n = b.shape[1]
  expectShape('b', b, [a.dims[1], b.dims[1]], [k, n])
  const dtype = promote(a, b)
  const [left, right] = [data(a), data(b)]
  const round = dtype === 'f32' ? Math.fround : (x: number) => x
  const out = allocate(dtype, m * n)
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let c = 0
      for (let q = 0; q < k; q++) c = round(c + round(left[i * k + q]! * right[q * n + j]!))
      out[i * n + j] = c
    }
  return own<[M, N]>([a.dims[0], b.dims[1]], [m, n], out)
}

import { expectShape } from './check.ts'
import { promote } from './elementwise.ts'
import { allocate, data, own, type Tensor } from './tensor.ts'

/**
 * The matrix product C[m,n] = Σₖ A[m,k] B[k,n]. The inner names must be the same: types say so
 * at compile time, and sizes and names are checked again at run time.
 *
 * This loop is the definition of every fast kernel's order of summation: products are added in
 * rising k, each product and each sum rounded to the element type.
 */
export const matmul = <M extends string, K extends string, N extends string>(
  a: Tensor<[M, K]>,
  b: Tensor<[NoInfer<K>, N]>,
): Tensor<[M, N]> => {
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

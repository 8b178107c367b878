import type { Key } from '../random/key.ts'
import { normal } from '../random/normal.ts'
import { data, own, type Tensor } from '../tensor/tensor.ts'

/**
 * A random weight matrix [in, out] with orthogonal columns of length `gain`, or orthogonal rows where
 * there are fewer rows than columns. The Gram-Schmidt process makes Gaussian vectors orthonormal; it
 * runs twice, because once loses digits. Saxe et al. 2014, arXiv:1312.6120.
 *
 * @param inputs rows of the matrix, >= 1
 * @param outputs columns of the matrix, >= 1
 * @param gain the length of each vector, >= 0
 */
export const orthogonal = (
  key: Key,
  inputs: number,
  outputs: number,
  gain: number,
  dtype: 'f32' | 'f64' = 'f32',
): Tensor<['in', 'out']> => {
  const count = Math.min(inputs, outputs)
  const length = Math.max(inputs, outputs)
  const rows = Float64Array.from(
    data(normal(key, ['vector', 'entry'], [count, length], 'f64')) as Float64Array,
  )
  const dot = (i: number, j: number): number => {
    let s = 0
    for (let e = 0; e < length; e++) s += rows[i * length + e]! * rows[j * length + e]!
    return s
  }
  for (let i = 0; i < count; i++) {
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++) {
        const overlap = dot(i, j)
        for (let e = 0; e < length; e++) {
          const at = i * length + e
          rows[at] = rows[at]! - overlap * rows[j * length + e]!
        }
      }
    const norm = Math.sqrt(dot(i, i))
    for (let e = 0; e < length; e++) rows[i * length + e] = rows[i * length + e]! / norm
  }
  const out =
    dtype === 'f32' ? new Float32Array(inputs * outputs) : new Float64Array(inputs * outputs)
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < outputs; o++)
      out[i * outputs + o] =
        gain * (inputs <= outputs ? rows[i * length + o]! : rows[o * length + i]!)
  return own(['in', 'out'], [inputs, outputs], out)
}

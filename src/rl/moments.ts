import { expectDims, expectShape } from '../tensor/check.ts'
import { data, expectTensor, own, ownLike, type Tensor } from '../tensor/tensor.ts'

/** Number, mean and sum of squared deviations of all rows seen, feature by feature, in f64. */
export interface Moments {
  readonly count: number
  readonly mean: Tensor<['feature']>
  readonly m2: Tensor<['feature']>
}

const make = (count: number, mean: Float64Array, m2: Float64Array): Moments => ({
  count,
  mean: own(['feature'], [mean.length], mean),
  m2: own(['feature'], [m2.length], m2),
})

/** The moments of no rows: a count of 0, with `features` features (a whole number >= 0). */
export const empty = (features: number): Moments =>
  make(0, new Float64Array(features), new Float64Array(features))

/**
 * The moments of the rows of x [B, feature]: mean = x₀ + Σ (x − x₀) / n, then m2 = Σ (x − mean)²,
 * summed in row order in f64. Subtracting the first row before summing keeps the digits of data far
 * from 0. A feature that never changes has m2 = 0 exactly. Chan, Golub and LeVeque 1983,
 * "Algorithms for computing the sample variance".
 *
 * @throws RangeError when x is not [B, feature]
 */
export const of = <B extends string>(x: Tensor<[B, 'feature']>): Moments => {
  expectTensor('x', x)
  expectDims('x', x, [x.dims[0], 'feature'])
  const [rows, features] = x.shape
  if (rows === 0) return empty(features)
  const all = data(x)
  const mean = new Float64Array(features)
  const m2 = new Float64Array(features)
  for (let i = 0; i < all.length; i++) mean[i % features]! += all[i]! - all[i % features]!
  for (let j = 0; j < features; j++) mean[j] = all[j]! + mean[j]! / rows
  for (let i = 0; i < all.length; i++) {
    const d = all[i]! - mean[i % features]!
    m2[i % features]! += d * d
  }
  return make(rows, mean, m2)
}

/**
 * The moments of the rows of a and b together. With n = n_a + n_b and d = mean_b − mean_a:
 * mean = mean_a + d n_b / n, m2 = m2_a + m2_b + d² n_a n_b / n.
 * Chan, Golub and LeVeque 1979, the pairwise update. The order matters to the last bits alone; the empty
 * moments change nothing at all.
 *
 * @throws RangeError when the numbers of features differ
 */
export const merge = (a: Moments, b: Moments): Moments => {
  expectShape('b.mean', b.mean, a.mean.dims, a.mean.shape)
  if (a.count === 0) return b
  if (b.count === 0) return a
  const n = a.count + b.count
  const [meanA, meanB, m2A, m2B] = [data(a.mean), data(b.mean), data(a.m2), data(b.m2)]
  const mean = new Float64Array(meanA.length)
  const m2 = new Float64Array(meanA.length)
  for (let j = 0; j < mean.length; j++) {
    const d = meanB[j]! - meanA[j]!
    mean[j] = meanA[j]! + (d * b.count) / n
    m2[j] = m2A[j]! + m2B[j]! + (d * d * a.count * b.count) / n
  }
  return make(n, mean, m2)
}

/**
 * The variance of the rows seen, m2 / count, as a tensor [feature]. It is NaN before any row was
 * seen.
 */
export const variance = ({ count, m2 }: Moments): Tensor<['feature']> => {
  const sums = data(m2)
  return ownLike(
    m2,
    Float64Array.from({ length: sums.length }, (_, j) => sums[j]! / count),
  )
}

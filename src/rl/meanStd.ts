import { expectList } from '../tensor/expectList.ts'
import type { ReadonlyNumbers } from '../tensor/tensor.ts'

/**
 * The mean x̄ = Σ x / n, summed in the order given, in f64. It is NaN for an empty list.
 *
 * @throws RangeError unless xs is a list
 */
export const mean = (xs: ReadonlyNumbers): number => {
  expectList('xs', 'numbers', xs)
  let sum = 0
  for (let i = 0; i < xs.length; i++) sum += xs[i]!
  return sum / xs.length
}

/**
 * The mean x̄ and the standard deviation √(Σ (x − x̄)² / n) (ddof 0), in f64. Both are NaN for an
 * empty list.
 *
 * @throws RangeError unless xs is a list
 */
export const meanStd = (xs: ReadonlyNumbers): { readonly mean: number; readonly std: number } => {
  const centre = mean(xs)
  let squares = 0
  for (let i = 0; i < xs.length; i++) squares += (xs[i]! - centre) * (xs[i]! - centre)
  return { mean: centre, std: Math.sqrt(squares / xs.length) }
}

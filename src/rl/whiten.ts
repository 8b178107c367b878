import { literal } from '../kernel/form.ts'
import { expectAtLeast, expectOneOf } from '../tensor/argument.ts'
import { map, mean } from '../tensor/elementwise.ts'
import { data, expectTensor, size, type Tensor } from '../tensor/tensor.ts'

/** The settings of whitening: the degrees of freedom, and how ε keeps the divisor from 0. */
export interface WhitenConfig {
  /** 1 for the unbiased variance (PyTorch's `std`), 0 for the plain one (NumPy's) */
  readonly ddof: 0 | 1
  /** ε >= 0; with 0, elements that are all the same become NaN */
  readonly epsilon: number
  /** `add` (the default) divides by std + ε, `max` by max(std, ε) */
  readonly epsilonKind?: 'add' | 'max'
}

/**
 * The divisor of whitening: std + ε or max(std, ε), with std² = squares / (n − ddof).
 *
 * @returns a function of the number n of elements and `squares`, the sum Σ (x − mean)² of their
 * squared deviations
 * @throws RangeError when ε < 0, ddof or the kind is unknown, or n <= ddof
 */
export const whiteningScale = ({ ddof, epsilon, epsilonKind = 'add' }: WhitenConfig) => {
  expectOneOf('ddof', ddof, [0, 1])
  expectAtLeast('epsilon', epsilon, 0)
  expectOneOf('epsilonKind', epsilonKind, ['add', 'max'])
  return (n: number, squares: number): number => {
    if (n <= ddof)
      throw new RangeError(`x: expected more than ${ddof} elements to normalise, got ${n}`)
    const std = Math.sqrt(squares / (n - ddof))
    return epsilonKind === 'add' ? std + epsilon : Math.max(std, epsilon)
  }
}

/** `whiteningScale` of n numbers, as text of gpu.js in terms of `squares`. */
export const whiteningScaleText = (
  { ddof, epsilon, epsilonKind = 'add' }: WhitenConfig,
  n: number,
): string => {
  const std = `Math.sqrt(squares / ${n - ddof})`
  return epsilonKind === 'add'
    ? `${std} + ${literal(epsilon)}`
    : `Math.max(${std}, ${literal(epsilon)})`
}

/**
 * Subtracts the mean of x and divides by its standard deviation: (x − mean) / (std + ε), or (x −
 * mean) / max(std, ε). Sums are in row order in f64.
 *
 * @returns a function of x, any shape [...D], to that shape
 * @throws RangeError when ε < 0, ddof or the kind is unknown, or there are no more than ddof
 * elements
 */
export const whiten = (config: WhitenConfig) => {
  const scaleOf = whiteningScale(config)
  return <D extends string[]>(x: Tensor<D>): Tensor<D> => {
    expectTensor('x', x)
    const n = size(x)
    const center = mean(x)
    const all = data(x)
    let squares = 0
    for (let i = 0; i < n; i++) squares += (all[i]! - center) * (all[i]! - center)
    const scale = scaleOf(n, squares)
    return map(x, (xi) => (xi - center) / scale)
  }
}

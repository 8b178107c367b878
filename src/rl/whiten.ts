import { literal } from '../kernel/form.ts'
import { expectAtLeast, expectOneOf } from '../tensor/argument.ts'
import { map, mean } from '../tensor/elementwise.ts'
import { data, size, type Tensor } from '../tensor/tensor.ts'

export interface WhitenConfig {
  /** 1 for the unbiased variance (PyTorch's `std`), 0 for the plain one (NumPy's) */
  readonly ddof: 0 | 1
  /** ε >= 0; with 0, elements that are all the same become NaN */
  readonly epsilon: number
  /** divide by std + ε (`add`, where nothing is said) or by max(std, ε) (`max`) */
  readonly epsilonKind?: 'add' | 'max'
}

/**
 * What deviations from the mean are divided by, of their number n and the sum of their squares:
 * std + ε or max(std, ε), with std² = Σ (x − mean)² / (n − ddof).
 *
 * @throws RangeError when ε < 0, ddof or the kind is none of those, or n <= ddof
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
 * (x − mean) / (std + ε), or / max(std, ε), sums in rising order in f64.
 *
 * @throws RangeError when ε < 0, ddof or the kind is none of those, or there are no more than ddof
 * elements
 */
export const whiten = (config: WhitenConfig) => {
  const scaleOf = whiteningScale(config)
  return <D extends string[]>(x: Tensor<D>): Tensor<D> => {
    const n = size(x)
    const center = mean(x)
    const all = data(x)
    let squares = 0
    for (let i = 0; i < n; i++) squares += (all[i]! - center) * (all[i]! - center)
    const scale = scaleOf(n, squares)
    return map(x, (xi) => (xi - center) / scale)
  }
}

import { map, mean } from '../tensor/elementwise.ts'
import { data, size, type Tensor } from '../tensor/tensor.ts'

/**
 * (x − mean) / (std + ε) with std² = Σ (x − mean)² / (n − ddof), sums in rising order in f64.
 *
 * @param config.ddof 1 for the unbiased variance (PyTorch's `std`), 0 for the plain one (NumPy's)
 * @throws RangeError when n <= ddof
 */
export const whiten =
  ({ ddof, epsilon }: { readonly ddof: 0 | 1; readonly epsilon: number }) =>
  <D extends string[]>(x: Tensor<D>): Tensor<D> => {
    const n = size(x)
    if (n <= ddof)
      throw new RangeError(`x: expected more than ${ddof} elements to normalise, got ${n}`)
    const center = mean(x)
    const all = data(x)
    let squares = 0
    for (let i = 0; i < n; i++) squares += (all[i]! - center) * (all[i]! - center)
    const std = Math.sqrt(squares / (n - ddof))
    return map(x, (xi) => (xi - center) / (std + epsilon))
  }

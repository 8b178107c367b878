import { expectShape } from '../tensor/check.ts'
import { promote } from '../tensor/elementwise.ts'
import { allocate, data, ownLike, size, type Tensor } from '../tensor/tensor.ts'

/** f(aᵢ, bᵢ) of every element, computed in f64 and rounded to the element type of `a`. */
export const zip2 = <D extends string[]>(
  a: Tensor<D>,
  argument: string,
  b: NoInfer<Tensor<D>>,
  f: (a: number, b: number) => number,
): Tensor<D> => {
  expectShape(argument, b, a.dims, a.shape)
  const out = allocate(promote(a), size(a))
  const [x, y] = [data(a), data(b)]
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!, y[i]!)
  return ownLike(a, out)
}

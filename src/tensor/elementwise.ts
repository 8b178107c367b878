import { expectAlike } from './check.ts'
import { fill } from './ndarrayFill.ts'
import {
  allocate,
  data,
  expectTensor,
  ownLike,
  size,
  type ReadonlyNumbers,
  type Tensor,
} from './tensor.ts'

/** f64 if one of them is, f32 if one of them is, else f64: whole numbers do not decide. */
export const promote = (...ts: readonly Tensor[]): 'f32' | 'f64' =>
  ts.some((t) => t.dtype === 'f64') || !ts.some((t) => t.dtype === 'f32') ? 'f64' : 'f32'

type Binary = <D extends string[]>(a: Tensor<D>, b: NoInfer<Tensor<D>>) => Tensor<D>
type Scalar = <D extends string[]>(a: Tensor<D>, b: number) => Tensor<D>

const binary =
  (name: 'add' | 'sub' | 'mul' | 'div'): Binary =>
  (a, b) => {
    expectAlike({ a, b })
    const out = allocate(promote(a, b), size(a))
    fill()[name](out, a, b)
    return ownLike(a, out)
  }

const scalar =
  (name: 'shift' | 'scale'): Scalar =>
  (a, b) => {
    expectTensor('a', a)
    const out = allocate(promote(a), size(a))
    fill()[name](out, a, b)
    return ownLike(a, out)
  }

// Each of these is one correctly rounded operation an element, so the bits are everyone's.
/**
 * The sum a + b, element by element, of tensors of one shape [...D].
 *
 * @throws RangeError when shapes differ
 */
export const add: Binary = binary('add')
/**
 * The difference a − b, element by element, of tensors of one shape [...D].
 *
 * @throws RangeError when shapes differ
 */
export const sub: Binary = binary('sub')
/**
 * The product a ∘ b, element by element, of tensors of one shape [...D].
 *
 * @throws RangeError when shapes differ
 */
export const mul: Binary = binary('mul')
/**
 * The quotient a ÷ b, element by element, of tensors of one shape [...D].
 *
 * @throws RangeError when shapes differ
 */
export const div: Binary = binary('div')
/** Adds a number b, any finite number, to every element of a, of any shape [...D]. */
export const shift: Scalar = scalar('shift')
/** Multiplies every element of a, of any shape [...D], by b, any finite number. */
export const scale: Scalar = scalar('scale')

/**
 * Applies f to every element of a tensor of any shape [...D]. Results are rounded to the tensor's
 * own element type; tensors of whole numbers become f64.
 *
 * @throws RangeError when t is no tensor
 */
export const map = <D extends string[]>(t: Tensor<D>, f: (x: number) => number): Tensor<D> => {
  expectTensor('t', t)
  const out = allocate(promote(t), size(t))
  const x = data(t)
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!)
  return ownLike(t, out)
}

/**
 * f(aᵢ, bᵢ) of every element of two tensors, whose names errors tell, computed in f64 and rounded to the
 * element type of the first.
 */
export const zip2 = <D extends string[]>(
  tensors: { readonly [argument: string]: Tensor<D> },
  f: (a: number, b: number) => number,
): Tensor<D> => {
  expectAlike(tensors)
  const [a, b] = Object.values(tensors) as [Tensor<D>, Tensor<D>]
  const out = allocate(promote(a), size(a))
  const [x, y] = [data(a), data(b)]
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!, y[i]!)
  return ownLike(a, out)
}

/** f(aᵢ, bᵢ, cᵢ) of every element, computed in f64 and rounded to the element type of `a`. */
export const zip3 = <D extends string[]>(
  a: Tensor<D>,
  b: NoInfer<Tensor<D>>,
  c: NoInfer<Tensor<D>>,
  f: (a: number, b: number, c: number) => number,
): Tensor<D> => {
  expectAlike({ a, b, c })
  const out = allocate(promote(a), size(a))
  const [x, y, z] = [data(a), data(b), data(c)]
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!, y[i]!, z[i]!)
  return ownLike(a, out)
}

/** The sum of all elements of a tensor of any shape [...D], in row-major order, in f64. */
export const sum = (t: Tensor): number => {
  const x = data(t)
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i]!
  return total
}

/**
 * The mean of all elements of a tensor of any shape [...D], in f64. It is NaN where there are no
 * elements.
 */
export const mean = (t: Tensor): number => sum(t) / size(t)

/** Σ aᵢ bᵢ in rising order, carried in f64. */
export const dot = (a: ReadonlyNumbers, b: ReadonlyNumbers): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!
  return total
}

import { expectShape } from './check.ts'
import { fill } from './ndarrayFill.ts'
import { allocate, data, ownLike, size, type ReadonlyNumbers, type Tensor } from './tensor.ts'

/** f64 if one of them is, f32 if one of them is, else f64: whole numbers do not decide. */
export const promote = (...ts: readonly Tensor[]): 'f32' | 'f64' =>
  ts.some((t) => t.dtype === 'f64') || !ts.some((t) => t.dtype === 'f32') ? 'f64' : 'f32'

type Binary = <D extends string[]>(a: Tensor<D>, b: NoInfer<Tensor<D>>) => Tensor<D>
type Scalar = <D extends string[]>(a: Tensor<D>, b: number) => Tensor<D>

const binary =
  (name: 'add' | 'sub' | 'mul' | 'div'): Binary =>
  (a, b) => {
    expectShape('b', b, a.dims, a.shape)
    const out = allocate(promote(a, b), size(a))
    fill()[name](out, a, b)
    return ownLike(a, out)
  }

const scalar =
  (name: 'shift' | 'scale'): Scalar =>
  (a, b) => {
    const out = allocate(promote(a), size(a))
    fill()[name](out, a, b)
    return ownLike(a, out)
  }

// Each of these is one correctly rounded operation an element, so the bits are everyone's.
/** a + b */
export const add: Binary = binary('add')
/** a − b */
export const sub: Binary = binary('sub')
/** a ∘ b, the product element by element */
export const mul: Binary = binary('mul')
/** a ÷ b, element by element */
export const div: Binary = binary('div')
/** a + s with a number s */
export const shift: Scalar = scalar('shift')
/** a · s with a number s */
export const scale: Scalar = scalar('scale')

/** f of every element, rounded to the tensor's own element type (whole numbers become f64). */
export const map = <D extends string[]>(t: Tensor<D>, f: (x: number) => number): Tensor<D> => {
  const out = allocate(promote(t), size(t))
  const x = data(t)
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!)
  return ownLike(t, out)
}

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

/** f(aᵢ, bᵢ, cᵢ) of every element, computed in f64 and rounded to the element type of `a`. */
export const zip3 = <D extends string[]>(
  a: Tensor<D>,
  b: NoInfer<Tensor<D>>,
  c: NoInfer<Tensor<D>>,
  f: (a: number, b: number, c: number) => number,
): Tensor<D> => {
  expectShape('b', b, a.dims, a.shape)
  expectShape('c', c, a.dims, a.shape)
  const out = allocate(promote(a), size(a))
  const [x, y, z] = [data(a), data(b), data(c)]
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!, y[i]!, z[i]!)
  return ownLike(a, out)
}

/** Σ of the elements in rising order, carried in f64. */
export const sum = (t: Tensor): number => {
  const x = data(t)
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i]!
  return total
}

/** Their mean; NaN where there is none. */
export const mean = (t: Tensor): number => sum(t) / size(t)

/** Σ aᵢ bᵢ in rising order, carried in f64. */
export const dot = (a: ReadonlyNumbers, b: ReadonlyNumbers): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!
  return total
}

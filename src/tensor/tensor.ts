import { fill } from './ndarrayFill.ts'
import { noTensor } from './noTensor.ts'
import { countOf, isRowMajor, type Numbers, type ReadonlyNumbers } from './strided.ts'

export type { Floats, Numbers, ReadonlyNumbers } from './strided.ts'

/** Element types: training is f32, gradient checks are f64, actions i32, flags u8. */
export type DType = 'f32' | 'f64' | 'i32' | 'u8'

/** The sizes of the dimensions D, in their order. */
export type Shape<D extends string[]> = { readonly [I in keyof D]: number }

/**
 * An immutable array with named dimensions: `Tensor<['time', 'env']>` is a matrix whose rows are
 * time and whose columns are environments. The names are part of the type and of the value.
 * Element (i, j, …) lies at `buffer[offset + i · stride[0] + j · stride[1] + …]`.
 */
export interface Tensor<D extends string[] = string[]> {
  readonly dims: Readonly<D>
  readonly shape: Shape<D>
  readonly dtype: DType
  readonly buffer: ReadonlyNumbers
  readonly stride: readonly number[]
  readonly offset: number
}

/** Whether it is a tensor, for callers in plain JavaScript. */
export const isTensor = (u: unknown): u is Tensor =>
  typeof u === 'object' && u !== null && 'dims' in u && 'shape' in u && 'buffer' in u

/** Throws unless it is a tensor: `x: expected a tensor, got [1,2]: make one with tensor.of(…)`. */
export const expectTensor = (argument: string, t: Tensor): void => {
  if (!isTensor(t)) throw noTensor(argument, '', t)
}

const dtypeOf = (data: Numbers): DType =>
  data instanceof Float32Array
    ? 'f32'
    : data instanceof Float64Array
      ? 'f64'
      : data instanceof Int32Array
        ? 'i32'
        : 'u8'

/** A zero-filled array of that element type. */
export const allocate = (dtype: DType, length: number): Numbers =>
  dtype === 'f32'
    ? new Float32Array(length)
    : dtype === 'f64'
      ? new Float64Array(length)
      : dtype === 'i32'
        ? new Int32Array(length)
        : new Uint8Array(length)

const isNumbers = (data: unknown): data is Numbers =>
  data instanceof Float32Array ||
  data instanceof Float64Array ||
  data instanceof Int32Array ||
  data instanceof Uint8Array

/** `[time=128, env=4]`, as errors print it. */
export const describe = (dims: readonly string[], shape: readonly number[]): string =>
  `[${dims.map((name, i) => `${name}=${shape[i]}`).join(', ')}]`

const make = <D extends string[]>(
  dims: Readonly<D>,
  shape: Shape<D>,
  dtype: DType,
  buffer: ReadonlyNumbers,
  stride: readonly number[],
  offset: number,
): Tensor<D> => Object.freeze({ dims, shape, dtype, buffer, stride, offset })

const rowMajor = (sizes: readonly number[]): readonly number[] => {
  const stride = sizes.slice()
  for (let i = sizes.length - 1, step = 1; i >= 0; i--) {
    stride[i] = step
    step *= sizes[i]!
  }
  return stride
}

/**
 * Makes a tensor over an array without copying it: nobody may write to `data` afterwards. It is for code that
 * has just filled a new array; all other code calls `of`, which copies.
 */
export const own = <const D extends string[]>(
  dims: D,
  shape: NoInfer<Shape<D>>,
  data: Numbers,
): Tensor<D> => {
  const sizes: readonly number[] = shape
  if (dims.length !== sizes.length)
    throw new RangeError(
      `shape: expected ${dims.length} sizes for [${dims.join(', ')}], got ${sizes.length}: pass one size per dimension`,
    )
  let count = 1
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!
    if (!Number.isInteger(size) || size < 0)
      throw new RangeError(
        `shape: expected whole numbers >= 0, got ${dims[i]}=${size}: change that size`,
      )
    count *= size
  }
  if (data.length !== count)
    throw new RangeError(
      `data: expected ${count} elements for ${describe(dims, sizes)}, got ${data.length}: change data or shape`,
    )
  return make<D>(dims, shape, dtypeOf(data), data, rowMajor(sizes), 0)
}

/** Makes a tensor over an array, with the dimensions of another tensor. */
export const ownLike = <D extends string[]>({ dims, shape }: Tensor<D>, data: Numbers): Tensor<D> =>
  own<D>(dims, shape, data)

/**
 * A tensor of `data` in row-major order (the last dimension varies fastest), copied.
 * Plain numbers become f64, booleans u8 (0 or 1); a typed array keeps its element type.
 *
 * @throws RangeError when names repeat, a size is not a whole number >= 0, or the length of `data`
 * is not the product of the sizes.
 */
export const of = <const D extends string[]>(
  dims: D,
  shape: NoInfer<Shape<D>>,
  data: Numbers | readonly number[] | readonly boolean[],
): Tensor<D> => {
  if (new Set(dims).size !== dims.length)
    throw new RangeError(
      `dims: expected different names, got [${dims.join(', ')}]: rename one of the two`,
    )
  const copy = isNumbers(data)
    ? data.slice()
    : typeof data[0] === 'boolean'
      ? Uint8Array.from(data, Number)
      : Float64Array.from(data, Number)
  return own<D>([...dims] as D, [...shape] as readonly number[] as Shape<D>, copy)
}

/**
 * The number of elements of a tensor of any shape [...D].
 *
 * @throws RangeError when t is no tensor
 */
export const size = (t: Tensor): number => {
  expectTensor('t', t)
  return countOf(t.shape)
}

/**
 * The elements of a tensor of any shape [...D] in row-major order, read-only. It copies only if the
 * tensor has another layout, after `transpose` or `pick`.
 */
export const data = (t: Tensor): ReadonlyNumbers => {
  const length = size(t)
  if (isRowMajor(t))
    return t.offset === 0 && t.buffer.length === length
      ? t.buffer
      : (t.buffer as Numbers).subarray(t.offset, t.offset + length)
  const out = allocate(t.dtype, length)
  fill().assign(out, t)
  return out
}

/**
 * The elements of a tensor of any shape [...D] in row-major order, as a plain array. It is the
 * inverse of `of`.
 */
export const toArray = (t: Tensor): number[] => Array.from(data(t))

/**
 * The element of a tensor with exactly one element, of any shape [...D].
 *
 * @throws RangeError when there are more elements, or none
 */
export const item = (t: Tensor): number => {
  if (size(t) !== 1)
    throw new RangeError(`item: expected one element, got ${describe(t.dims, t.shape)}`)
  return data(t)[0]!
}

/**
 * Gives the elements of a tensor other dimensions [...D], without a copy. The number of elements
 * stays the same.
 *
 * @throws RangeError when it does not
 */
export const reshape = <const D extends string[]>(
  t: Tensor,
  dims: D,
  shape: NoInfer<Shape<D>>,
): Tensor<D> => own<D>(dims, shape, data(t) as Numbers)

/**
 * Swaps rows and columns without a copy: [a, b] becomes [b, a].
 *
 * @throws RangeError when t is no tensor
 */
export const transpose = <A extends string, B extends string>(
  t: Tensor<[A, B]>,
): Tensor<[B, A]> => {
  expectTensor('t', t)
  return make<[B, A]>(
    [t.dims[1], t.dims[0]],
    [t.shape[1], t.shape[0]],
    t.dtype,
    t.buffer,
    t.stride.toReversed(),
    t.offset,
  )
}

/**
 * The entry at `index` along the first dimension, without a copy: `pick(t, 3)` of [time, env] is
 * [env].
 *
 * @param index a whole number from 0 to the size of the first dimension − 1
 * @throws RangeError when the index is outside
 */
export const pick = <A extends string, R extends string[]>(
  t: Tensor<[A, ...R]>,
  index: number,
): Tensor<R> => {
  expectTensor('t', t)
  const [first = 0, ...shape] = t.shape as readonly number[]
  if (!Number.isInteger(index) || index < 0 || index >= first)
    throw new RangeError(
      `index: expected 0…${first - 1} along ${t.dims[0]}, got ${index}: stay within ${describe(t.dims, t.shape)}`,
    )
  const [step = 0, ...stride] = t.stride
  return make<R>(
    t.dims.slice(1) as string[] as R,
    shape as Shape<R>,
    t.dtype,
    t.buffer,
    stride,
    t.offset + index * step,
  )
}

/**
 * Copies the entries that `index` [n] names along the first dimension, in that order: [sample, …]
 * becomes [n, …].
 *
 * @throws RangeError when an index is outside
 */
export const take = <D extends string[]>(t: Tensor<D>, index: Tensor<[string]>): Tensor<D> => {
  expectTensor('t', t)
  expectTensor('index', index)
  const [length = 0, ...rest] = t.shape as readonly number[]
  const width = countOf(rest)
  const from = data(t)
  const rows = data(index)
  const out = allocate(t.dtype, rows.length * width)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (!(Number.isInteger(row) && row >= 0 && row < length))
      throw new RangeError(`index[${i}]: expected 0…${length - 1}, got ${row}`)
    for (let c = 0; c < width; c++) out[i * width + c] = from[row * width + c]!
  }
  return own<D>(t.dims, [rows.length, ...rest] as readonly number[] as Shape<D>, out)
}

/**
 * Converts a tensor of any shape [...D] to another element type. f32 rounds; i32 and u8 truncate
 * and wrap as typed arrays do.
 *
 * @throws RangeError when t is no tensor
 */
export const cast = <D extends string[]>(t: Tensor<D>, dtype: DType): Tensor<D> => {
  expectTensor('t', t)
  if (t.dtype === dtype) return t
  const out = allocate(dtype, size(t))
  out.set(data(t))
  return ownLike(t, out)
}

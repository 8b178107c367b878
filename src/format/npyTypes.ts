import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../tensor/shown.ts'
import { allocate, type DType, type Numbers } from '../tensor/tensor.ts'

/** An element type of .npy files, and the type to read it as. */
export interface NpyType {
  readonly dtype: DType
  /** bytes an element */
  readonly width: number
  /** whether the bytes of little-endian elements are those of the array they become */
  readonly isSame: boolean
  readonly get: (view: DataView, at: number, isLittle: boolean) => number | bigint
}

const SMALLEST_HALF = 5.960464477539063e-8

/** A number of 16 bits (IEEE 754 binary16), exactly. */
const half = (bits: number): number => {
  const sign = bits >= 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * SMALLEST_HALF
  // 2⁻²⁵ · 2ᵉ · (1024 + fraction), where 2ᵉ is a whole number.
  return sign * (1024 + fraction) * (SMALLEST_HALF / 2) * (1 << exponent)
}

const type = (dtype: DType, width: number, isSame: boolean, get: NpyType['get']): NpyType => ({
  dtype,
  width,
  isSame,
  get,
})

/** By NumPy's letter and width: what the array is read as. */
export const NPY_TYPES: { readonly [code: string]: NpyType } = {
  f2: type('f32', 2, false, (view, at, little) => half(view.getUint16(at, little))),
  f4: type('f32', 4, true, (view, at, little) => view.getFloat32(at, little)),
  f8: type('f64', 8, true, (view, at, little) => view.getFloat64(at, little)),
  i1: type('i32', 1, false, (view, at) => view.getInt8(at)),
  i2: type('i32', 2, false, (view, at, little) => view.getInt16(at, little)),
  i4: type('i32', 4, true, (view, at, little) => view.getInt32(at, little)),
  i8: type('f64', 8, false, (view, at, little) => view.getBigInt64(at, little)),
  u1: type('u8', 1, true, (view, at) => view.getUint8(at)),
  u2: type('i32', 2, false, (view, at, little) => view.getUint16(at, little)),
  u4: type('f64', 4, false, (view, at, little) => view.getUint32(at, little)),
  u8: type('f64', 8, false, (view, at, little) => view.getBigUint64(at, little)),
  b1: type('u8', 1, true, (view, at) => view.getUint8(at)),
}

/** Types of NumPy that are not supported, by letter. */
const REFUSED: { readonly [letter: string]: string } = {
  O: 'Python objects, which only Python can unpickle',
  U: 'text',
  S: 'text in bytes',
  a: 'text in bytes',
  c: 'complex numbers',
  M: 'dates',
  m: 'time spans',
  V: 'raw bytes',
  f: 'floats of another width',
}

const FIELD = /\(\s*'([^']*)'/g

const structured = (descr: string): string => {
  const names = [...descr.matchAll(FIELD)].map(([, name]) => shown(name)).slice(0, 8)
  return `descr: expected one type of numbers, got a structured type with the fields ${names.join(', ')}: save each field as a separate array`
}

/** The type that a header's `descr` names; Left says which one it is where it cannot be read. */
export const npyTypeOf = (
  descr: string,
): E.Either<string, { readonly type: NpyType; readonly isLittle: boolean }> => {
  if (descr.startsWith('[')) return E.left(structured(descr))
  const [order = '', letter = ''] = descr
  const code = descr.slice(1)
  if ('<>|='.includes(order) && Object.hasOwn(NPY_TYPES, code))
    return E.right({ type: NPY_TYPES[code]!, isLittle: order !== '>' })
  const known = Object.hasOwn(REFUSED, letter) ? ` (${REFUSED[letter]})` : ''
  return E.left(
    `descr: expected one of ${Object.keys(NPY_TYPES).join(', ')}, got ${shown(descr)}${known}: convert the array`,
  )
}

/** Elements one by one, as numbers; Left names the first that no number holds exactly. */
export const readElements = (
  { dtype, width, get }: NpyType,
  bytes: Uint8Array,
  isLittle: boolean,
): E.Either<string, Numbers> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out = allocate(dtype, bytes.length / width)
  for (let i = 0; i < out.length; i++) {
    const x = get(view, i * width, isLittle)
    const number = Number(x)
    if (typeof x === 'bigint' && !Number.isSafeInteger(number))
      return E.left(
        `element ${i}: expected a whole number within ±(2⁵³ − 1), which a number holds exactly, got ${x}: convert the array to float64 first`,
      )
    out[i] = number
  }
  return E.right(out)
}

/** An array in row-major order from one in column-major order. */
export const rowMajor = (x: Numbers, shape: readonly number[], dtype: DType): Numbers => {
  const out = allocate(dtype, x.length)
  const step: number[] = []
  let stride = 1
  for (const size of shape) {
    step.push(stride)
    stride *= size
  }
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < out.length; to++) {
    out[to] = x[from]!
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d]!++
      from += step[d]!
      if (index[d]! < shape[d]!) break
      from -= step[d]! * shape[d]!
      index[d] = 0
    }
  }
  return out
}

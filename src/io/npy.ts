import { concatBytes } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { allocate, data, type DType, type Numbers, type Tensor } from '../tensor/tensor.ts'
import type { StoredTensor } from './safetensors.ts'

const NAMES = { f32: '<f4', f64: '<f8', i32: '<i4', u8: '|u1' } as const
const TYPES: { readonly [descr: string]: DType } = {
  '<f4': 'f32',
  '<f8': 'f64',
  '<i4': 'i32',
  '|u1': 'u8',
}
const WIDTH = { f32: 4, f64: 8, i32: 4, u8: 1 } as const
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0)
const START = 10
const ALIGNED = 64

const HEADER =
  /^\{'descr': '([^']{3})', 'fortran_order': (False|True), 'shape': \(((?:\d{1,15}(?:, \d{1,15})*,?)?)\), \} *\n$/

/** As Python writes a tuple: `()`, `(3,)`, `(3, 2)`. */
const tuple = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`

/**
 * A tensor as a .npy file of version 1.0: magic, version, the length of the header in two bytes, a
 * Python dict padded with spaces so that the data begin at a multiple of 64, then the data,
 * little-endian, in C order. f32, f64, i32 and u8 are `<f4`, `<f8`, `<i4` and `|u1`.
 *
 * Source: numpy.lib.format, https://numpy.org/neps/nep-0001-npy-format.html
 */
export const encodeNpy = (t: Tensor): Uint8Array => {
  const dict = `{'descr': '${NAMES[t.dtype]}', 'fortran_order': False, 'shape': ${tuple(t.shape)}, }`
  const end = Math.ceil((START + dict.length + 1) / ALIGNED) * ALIGNED
  const header = `${dict.padEnd(end - START - 1)}\n`
  const x = data(t) as Numbers
  return concatBytes(
    MAGIC,
    Uint8Array.of(header.length & 255, header.length >> 8),
    new TextEncoder().encode(header),
    new Uint8Array(x.buffer, x.byteOffset, x.byteLength),
  )
}

/**
 * The array of a .npy file of version 1.0 as `encodeNpy` and NumPy write it. The length of the data
 * is checked against the shape before anything is allocated.
 *
 * @returns Left with what is wrong: another version, Fortran order, another type of elements, a
 * file too short or too long
 */
export const decodeNpy = (bytes: Uint8Array): E.Either<string, StoredTensor> => {
  if (bytes.length < START || MAGIC.some((x, i) => bytes[i] !== x))
    return E.left('expected a .npy file of version 1.0, got something else')
  const from = START + bytes[8]! + 256 * bytes[9]!
  if (from > bytes.length)
    return E.left(`expected a header inside the file, got one that ends at byte ${from}`)
  const header = HEADER.exec(new TextDecoder('latin1').decode(bytes.subarray(START, from)))
  if (header === null)
    return E.left("expected a header of 'descr', 'fortran_order' and 'shape', got something else")
  const [, descr, isFortran, sizes] = header as unknown as [string, string, string, string]
  if (!Object.hasOwn(TYPES, descr))
    return E.left(`descr: expected one of ${Object.keys(TYPES).join(', ')}, got ${descr}`)
  if (isFortran === 'True') return E.left('fortran_order: expected False, got True')
  const dtype = TYPES[descr]!
  const shape = sizes.match(/\d+/g)?.map(Number) ?? []
  const length = shape.reduce((a, b) => a * b, 1) * WIDTH[dtype]
  if (from + length !== bytes.length)
    return E.left(`expected ${length} bytes of data, got ${bytes.length - from}`)
  const values = allocate(dtype, length / WIDTH[dtype])
  new Uint8Array(values.buffer).set(bytes.subarray(from))
  return E.right({ dtype, shape, data: values })
}

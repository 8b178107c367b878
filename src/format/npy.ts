import { concatBytes } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { allocate, data, type Numbers, type Tensor } from '../tensor/tensor.ts'
import { npyTypeOf, readElements, rowMajor, type NpyType } from './npyTypes.ts'
import type { StoredTensor } from './safetensors.ts'

const NAMES = { f32: '<f4', f64: '<f8', i32: '<i4', u8: '|u1' } as const
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)
const VERSION = Uint8Array.of(1, 0)
const START = 10
const ALIGNED = 64
const LARGEST_HEADER = 1_000_000

// A structured type is a list, whose fields may have commas and parentheses of their own.
const HEADER =
  /^\{'descr': (?:'([^']*)'|(\[.*\])), 'fortran_order': (False|True), 'shape': \(((?:\d{1,15}(?:, \d{1,15})*,?)?)\), \} *\n$/

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
    VERSION,
    Uint8Array.of(header.length & 255, header.length >> 8),
    new TextEncoder().encode(header),
    new Uint8Array(x.buffer, x.byteOffset, x.byteLength),
  )
}

/** The elements; little-endian ones of a type that there is here are copied as they lie. */
const read = (type: NpyType, bytes: Uint8Array, isLittle: boolean): E.Either<string, Numbers> => {
  if (!isLittle || !type.isSame) return readElements(type, bytes, isLittle)
  const values = allocate(type.dtype, bytes.length / type.width)
  new Uint8Array(values.buffer).set(bytes)
  return E.right(values)
}

/** Start and end of the header; Left if there is none. */
const headerOf = (bytes: Uint8Array): E.Either<string, readonly [from: number, to: number]> => {
  if (bytes.length < START || MAGIC.some((x, i) => bytes[i] !== x))
    return E.left('expected a .npy file, got something else')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [major, minor] = [bytes[6]!, bytes[7]!]
  if (major < 1 || major > 3 || minor !== 0)
    return E.left(`expected a .npy file of version 1.0, 2.0 or 3.0, got ${major}.${minor}`)
  const from = major === 1 ? START : START + 2
  if (bytes.length < from) return E.left('expected a header, got only a part of the file')
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (from + length > bytes.length)
    return E.left(`expected a header inside the file, got one that ends at byte ${from + length}`)
  return length > LARGEST_HEADER
    ? E.left(`expected a header of at most ${LARGEST_HEADER} bytes, got ${length}`)
    : E.right([from, from + length])
}

/**
 * The array of a .npy file of version 1.0, 2.0 or 3.0, as `numpy.save` writes it, in either byte
 * order and either order of axes; what is returned is in row-major order. The length of the data
 * is checked against the shape before anything is allocated. `NPY_TYPES` says what each type is
 * read as.
 *
 * @returns Left with what is wrong: structured types, objects, text, dates and complex numbers,
 * each by name; a whole number that no JavaScript number holds exactly; a file too short or too
 * long
 */
export const decodeNpy = (bytes: Uint8Array): E.Either<string, StoredTensor> => {
  const place = headerOf(bytes)
  if (E.isLeft(place)) return place
  const [start, from] = place.right
  const header = HEADER.exec(new TextDecoder('latin1').decode(bytes.subarray(start, from)))
  if (header === null)
    return E.left("expected a header of 'descr', 'fortran_order' and 'shape', got something else")
  const [, name, fields, order, sizes] = header as unknown as readonly string[]
  const found = npyTypeOf(name ?? fields!)
  if (E.isLeft(found)) return found
  const { type, isLittle } = found.right
  const shape = sizes!.match(/\d+/g)?.map(Number) ?? []
  const length = shape.reduce((a, b) => a * b, 1) * type.width
  if (from + length !== bytes.length)
    return E.left(`expected ${length} bytes of data, got ${bytes.length - from}`)
  return pipe(
    read(type, bytes.subarray(from), isLittle),
    E.map((values) => ({
      dtype: type.dtype,
      shape,
      data: order === 'True' && shape.length > 1 ? rowMajor(values, shape, type.dtype) : values,
    })),
  )
}

import type { Either } from 'fp-ts/lib/Either.js'
import { shown } from '../tensor/shown.ts'
import { allocate, data, type DType, type Numbers, type Tensor } from '../tensor/tensor.ts'
import { left, right } from './either.ts'
import { parseStrict } from './strictJson.ts'

/** A tensor of a file: the format knows sizes, not names of dimensions. */
export interface StoredTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: Numbers
}

/** What a file says about itself, as text. */
export type Metadata = Readonly<Record<string, string>>

/** All that a file holds; the tensors stand in the order of their data. */
export interface Opened {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Metadata
}

const TYPES = { F32: 'f32', F64: 'f64', I32: 'i32', U8: 'u8' } as const
const NAMES = { f32: 'F32', f64: 'F64', i32: 'I32', u8: 'U8' } as const
const WIDTH = { f32: 4, f64: 8, i32: 4, u8: 1 } as const
const METADATA = '__metadata__'
const LARGEST_HEADER = 1_000_000
/** The header, an entry in it, and the entry's list of sizes. */
const LEVELS = 3

const SPACE = 32

/** The bytes of a vector, every NaN in the one bit pattern of its type. */
const setNumbers = (out: Uint8Array, at: number, x: Numbers): void => {
  out.set(new Uint8Array(x.buffer, x.byteOffset, x.byteLength), at)
  if (!(x instanceof Float32Array || x instanceof Float64Array)) return
  const view = new DataView(out.buffer)
  const wide = x instanceof Float64Array
  for (let i = 0; i < x.length; i++)
    if (x[i] !== x[i]) {
      if (wide) view.setBigUint64(at + 8 * i, 0x7ff8000000000000n, true)
      else view.setUint32(at + 4 * i, 0x7fc00000, true)
    }
}

/**
 * Named tensors as a safetensors file: eight bytes of header length, a JSON header padded with
 * spaces to a multiple of eight, then the data without gaps, in the order given. NaNs are written
 * as 0x7fc00000 and 0x7ff8000000000000.
 *
 * @throws RangeError when two names are equal, one is `__metadata__`, or names, sizes and metadata
 * take more than 1 MB, which `open` would refuse
 */
export const encode = (
  tensors: ReadonlyArray<readonly [string, Tensor]>,
  metadata?: Metadata,
): Uint8Array => {
  const entries = metadata === undefined ? [] : [`"${METADATA}":${JSON.stringify(metadata)}`]
  const names = new Set([METADATA])
  let end = 0
  const vectors = tensors.map(([name, t]) => {
    if (names.has(name))
      throw new RangeError(
        `tensors: expected different names, none of them ${METADATA}, got ${shown(name)}: rename it`,
      )
    names.add(name)
    const x = data(t) as Numbers
    const offsets = [end, end + x.byteLength]
    end += x.byteLength
    // Joined by hand: an object would put names that are whole numbers first.
    entries.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: NAMES[t.dtype], shape: t.shape, data_offsets: offsets })}`,
    )
    return x
  })
  const header = new TextEncoder().encode(`{${entries.join(',')}}`)
  const from = 8 + Math.ceil(header.length / 8) * 8
  if (from - 8 > LARGEST_HEADER)
    throw new RangeError(
      `tensors: expected a header of at most ${LARGEST_HEADER} bytes, got ${from - 8}: write fewer, shorter names and metadata`,
    )
  const out = new Uint8Array(from + end)
  new DataView(out.buffer).setBigUint64(0, BigInt(from - 8), true)
  out.set(header, 8)
  out.fill(SPACE, 8 + header.length, from)
  let at = from
  for (const x of vectors) {
    setNumbers(out, at, x)
    at += x.byteLength
  }
  return out
}

const isRecord = (u: unknown): u is Record<string, unknown> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const areSizes = (u: unknown): u is number[] =>
  Array.isArray(u) && u.every((x) => Number.isSafeInteger(x) && x >= 0)

const isType = (u: unknown): u is keyof typeof TYPES =>
  typeof u === 'string' && Object.hasOwn(TYPES, u)

const isMetadata = (u: unknown): u is Metadata =>
  isRecord(u) && Object.values(u).every((value) => typeof value === 'string')

/** The text of a header; null where it is no UTF-8. A byte order mark is text, and so no JSON. */
const textOf = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

const readHeader = (bytes: Uint8Array): Either<string, Record<string, unknown>> => {
  const text = textOf(bytes)
  if (text === null || !text.startsWith('{'))
    return left('header: expected UTF-8 that begins with {, got something else')
  const parsed = parseStrict(text, LEVELS)
  if (parsed._tag === 'Left') return left(`header: ${parsed.left}`)
  return isRecord(parsed.right)
    ? right(parsed.right)
    : left('header: expected JSON, got something else')
}

/** How many elements there are; beyond 2⁵³ where even the sizes that are not zero make too many. */
const countOf = (shape: readonly number[]): number => {
  let product = 1
  for (const size of shape) if (size > 0) product *= size
  return Number.isSafeInteger(product) && shape.includes(0) ? 0 : product
}

interface Entry {
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly count: number
  readonly start: number
  readonly stop: number
}

const readEntry = (name: string, entry: unknown): Either<string, Entry> => {
  const wrong = (problem: string) => left(`${shown(name)}: ${problem}`)
  const { dtype: type, shape, data_offsets: offsets } = isRecord(entry) ? entry : {}
  if (!isType(type))
    return wrong(`expected a dtype of ${Object.keys(TYPES).join(', ')}, got ${shown(type)}`)
  if (!areSizes(shape)) return wrong(`expected a shape of sizes, got ${shown(shape)}`)
  if (!areSizes(offsets) || offsets.length !== 2)
    return wrong(`expected two data_offsets, got ${shown(offsets)}`)
  const dtype = TYPES[type]
  const [start, stop] = offsets as [number, number]
  const count = countOf(shape)
  if (!Number.isSafeInteger(count) || stop - start !== count * WIDTH[dtype])
    return wrong(`expected ${count * WIDTH[dtype]} bytes of data, got ${start} … ${stop}`)
  return right({ name, dtype, shape, count, start, stop })
}

/** The entries in the order of their data, which lies without gaps or overlaps in `length` bytes. */
const readEntries = (
  header: Readonly<Record<string, unknown>>,
  length: number,
): Either<string, readonly Entry[]> => {
  const entries: Entry[] = []
  for (const [name, written] of Object.entries(header)) {
    if (name === METADATA) continue
    const entry = readEntry(name, written)
    if (entry._tag === 'Left') return entry
    entries.push(entry.right)
  }
  entries.sort((a, b) => a.start - b.start || a.stop - b.stop)
  let end = 0
  for (const { name, start, stop } of entries) {
    if (start !== end)
      return left(`${shown(name)}: expected data from byte ${end}, got ${start} … ${stop}`)
    end = stop
  }
  return end === length ? right(entries) : left(`data: expected ${end} bytes, got ${length}`)
}

/**
 * What a safetensors file holds. The header may list the tensors in any order; their data has to
 * fill the file without gaps, overlaps or bytes left over. Every length is read and checked before
 * anything is allocated.
 *
 * @returns Left with what is wrong, led by the tensor's name where it is one tensor's: a short
 * file, a header above 1 MB, not UTF-8, no JSON or with a key twice, a dtype other than F32, F64,
 * I32, U8, sizes that do not fit the data, metadata that is not text
 */
export const open = (bytes: Uint8Array): Either<string, Opened> => {
  if (bytes.length < 8) return left(`expected at least 8 bytes, got ${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getBigUint64(0, true)
  if (length > LARGEST_HEADER || 8 + Number(length) > bytes.length)
    return left(
      `header: expected at most ${LARGEST_HEADER} bytes inside the file, got ${length} bytes`,
    )
  const from = 8 + Number(length)
  const header = readHeader(bytes.subarray(8, from))
  if (header._tag === 'Left') return header
  const metadata = Object.hasOwn(header.right, METADATA) ? header.right[METADATA] : {}
  if (!isMetadata(metadata))
    return left(`${METADATA}: expected names and texts, got ${shown(metadata)}`)
  const entries = readEntries(header.right, bytes.length - from)
  if (entries._tag === 'Left') return entries
  const tensors = new Map<string, StoredTensor>()
  for (const { name, dtype, shape, count, start, stop } of entries.right) {
    const values = allocate(dtype, count)
    new Uint8Array(values.buffer).set(bytes.subarray(from + start, from + stop))
    tensors.set(name, { dtype, shape, data: values })
  }
  return right({ tensors, metadata })
}

/** The tensors of a file, by name; Left as `open` says. */
export const decode = (bytes: Uint8Array): Either<string, ReadonlyMap<string, StoredTensor>> => {
  const opened = open(bytes)
  return opened._tag === 'Left' ? opened : right(opened.right.tensors)
}

import * as E from 'fp-ts/lib/Either.js'
import { allocate, data, type DType, type Numbers, type Tensor } from '../tensor/tensor.ts'

/** A tensor of a file: the format knows sizes, not names of dimensions. */
export interface StoredTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: Numbers
}

const TYPES = { F32: 'f32', F64: 'f64', I32: 'i32', U8: 'u8' } as const
const NAMES = { f32: 'F32', f64: 'F64', i32: 'I32', u8: 'U8' } as const
const WIDTH = { f32: 4, f64: 8, i32: 4, u8: 1 } as const
const LARGEST_HEADER = 1_000_000

const bytesOf = (t: Tensor): Uint8Array => {
  const x = data(t) as Numbers
  return new Uint8Array(x.buffer, x.byteOffset, x.byteLength)
}

/**
 * Named tensors as a safetensors file: eight bytes of header length, a JSON header padded with
 * spaces to a multiple of eight, then the data without gaps, in the order given.
 */
export const encode = (tensors: ReadonlyArray<readonly [string, Tensor]>): Uint8Array => {
  let end = 0
  const entries = tensors.map(([name, t]) => {
    const start = end
    end += bytesOf(t).length
    return [name, { dtype: NAMES[t.dtype], shape: t.shape, data_offsets: [start, end] }]
  })
  const json = JSON.stringify(Object.fromEntries(entries))
  const header = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8))
  const out = new Uint8Array(8 + header.length + end)
  new DataView(out.buffer).setBigUint64(0, BigInt(header.length), true)
  out.set(header, 8)
  let at = 8 + header.length
  for (const [, t] of tensors) {
    out.set(bytesOf(t), at)
    at += bytesOf(t).length
  }
  return out
}

const isRecord = (u: unknown): u is Record<string, unknown> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const areSizes = (u: unknown): u is number[] =>
  Array.isArray(u) && u.every((x) => Number.isSafeInteger(x) && x >= 0)

const isType = (u: unknown): u is keyof typeof TYPES =>
  typeof u === 'string' && Object.hasOwn(TYPES, u)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * The tensors of a file, by name; every length is read and checked before anything is allocated.
 *
 * @returns Left with what is wrong: a short file, a header that is no JSON, data with gaps,
 * overlaps or bytes left over
 */
export const decode = (bytes: Uint8Array): E.Either<string, ReadonlyMap<string, StoredTensor>> => {
  if (bytes.length < 8) return E.left(`expected at least 8 bytes, got ${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getBigUint64(0, true)
  if (length > LARGEST_HEADER || 8 + Number(length) > bytes.length)
    return E.left(`expected a header inside the file, got one of ${length} bytes`)
  const from = 8 + Number(length)
  const header = parse(new TextDecoder().decode(bytes.subarray(8, from)))
  if (!isRecord(header)) return E.left('expected a header of JSON, got something else')

  const tensors = new Map<string, StoredTensor>()
  let end = 0
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    if (!isRecord(entry) || !isType(entry['dtype']))
      return E.left(`${name}: expected a dtype of ${Object.keys(TYPES).join(', ')}`)
    const { shape, data_offsets: offsets } = entry
    if (!areSizes(shape) || !areSizes(offsets) || offsets.length !== 2)
      return E.left(`${name}: expected sizes and two offsets, got others`)
    const dtype = TYPES[entry['dtype']]
    const count = shape.reduce((a, b) => a * b, 1)
    const [start, stop] = offsets as [number, number]
    if (start !== end || stop !== start + count * WIDTH[dtype] || from + stop > bytes.length)
      return E.left(`${name}: expected ${count} elements from byte ${end}, got ${start}…${stop}`)
    const values = allocate(dtype, count)
    new Uint8Array(values.buffer).set(bytes.subarray(from + start, from + stop))
    tensors.set(name, { dtype, shape, data: values })
    end = stop
  }
  if (from + end !== bytes.length)
    return E.left(`expected ${from + end} bytes, got ${bytes.length}`)
  return E.right(tensors)
}

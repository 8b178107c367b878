import { check } from './check.ts'

/** A tensor of a file, in f32 or f64. */
export interface FileTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** What a file holds. */
export interface FileContent {
  readonly tensors: ReadonlyMap<string, FileTensor>
  readonly metadata: Readonly<Record<string, unknown>>
}

interface Entry {
  readonly dtype?: unknown
  readonly shape?: unknown
  readonly data_offsets?: unknown
}

const isCount = (u: unknown): u is number => Number.isSafeInteger(u) && (u as number) >= 0

const areCounts = (u: unknown): u is readonly number[] => Array.isArray(u) && u.every(isCount)

/**
 * A safetensors file of vectors and matrices in F32 and F64: the part of `safetensors.open` that a
 * policy needs, without the rest. Lengths are checked before anything is allocated, and tensors take
 * no more memory than the file.
 *
 * @throws RangeError with what is wrong
 */
export const readTensors = (bytes: Uint8Array): FileContent => {
  check(bytes instanceof Uint8Array && bytes.length >= 8, 'file', 'a safetensors file', bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const from = 8 + view.getUint32(0, true)
  check(view.getUint32(4, true) === 0 && from <= bytes.length, 'file', 'a header', from)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, from)))
  } catch {
    // It is undefined.
  }
  check(typeof header === 'object' && header !== null, 'file', 'a header of JSON', header)
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>
  const tensors = new Map<string, FileTensor>()
  let total = from
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Entry
    const isSingle = dtype === 'F32'
    check(isSingle || dtype === 'F64', name, 'F32 or F64', dtype)
    check(areCounts(shape) && shape.length <= 2, name, 'one or two sizes', shape)
    check(areCounts(offsets), name, 'offsets', offsets)
    const [start = 0, stop = 0] = offsets
    const length = (shape[0] ?? 1) * (shape[1] ?? 1) * (isSingle ? 4 : 8)
    total += length
    check(
      stop - start === length && total <= bytes.length && from + stop <= bytes.length,
      name,
      `${length} bytes inside the file`,
      stop,
    )
    // A copy, where `slice` of a Buffer is a view.
    const { buffer } = new Uint8Array(bytes.subarray(from + start, from + stop))
    const data = isSingle ? new Float32Array(buffer) : new Float64Array(buffer)
    check(data.every(Number.isFinite), name, 'finite numbers', 'others')
    tensors.set(name, { shape, data })
  }
  return { tensors, metadata: (metadata ?? {}) as FileContent['metadata'] }
}

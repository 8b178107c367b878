import { zipSync } from 'fflate'
import * as E from 'fp-ts/lib/Either.js'
import { excerpt } from '../tensor/printable.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { decodeNpy, encodeNpy } from './npy.ts'
import type { StoredTensor } from './safetensors.ts'
import { unzip } from './unzip.ts'

/** Zip knows local time only: noon of its first day, wherever it is, is the same bytes. */
const epoch = (): Date => new Date(1980, 0, 1, 12)

/**
 * Named tensors as a .npz file: a zip archive of `name.npy`, stored as they are, as `numpy.savez`
 * does. The same tensors give the same bytes.
 */
export const encodeNpz = (tensors: ReadonlyArray<readonly [string, Tensor]>): Uint8Array =>
  zipSync(Object.fromEntries(tensors.map(([name, t]) => [`${name}.npy`, encodeNpy(t)])), {
    level: 0,
    mtime: epoch(),
  })

/** Default limit of decompressed bytes: 256 MiB. */
const MOST_INFLATED = 268_435_456

/**
 * The arrays of a .npz file by name, as `encodeNpz`, `numpy.savez` and `numpy.savez_compressed`
 * write it, in row-major order whatever their own:
 *
 * | NumPy | read as |
 * | --- | --- |
 * | `float16`, `float32` | f32 |
 * | `float64` | f64 |
 * | `int8`, `int16`, `uint16`, `int32` | i32 |
 * | `uint8`, `bool` | u8, 1 for True |
 * | `uint32`, `int64`, `uint64` | f64, where every element is within ±(2⁵³ − 1) |
 *
 * @param most maximum total bytes of decompressed arrays, since a small file can expand to a thousand
 * times its size; 256 MiB by default
 * @returns Left with what is wrong with the archive or one of its arrays: structured types,
 * objects, text, dates and complex numbers are refused by name
 */
export const decodeNpz = (
  bytes: Uint8Array,
  { most = MOST_INFLATED }: { readonly most?: number } = {},
): E.Either<string, ReadonlyMap<string, StoredTensor>> => {
  const files = unzip(bytes, most)
  if (E.isLeft(files)) return files
  const out = new Map<string, StoredTensor>()
  for (const [name, file] of files.right) {
    if (!name.endsWith('.npy'))
      return E.left(`${excerpt(name)}: expected a name that ends with .npy`)
    const decoded = decodeNpy(file)
    if (E.isLeft(decoded)) return E.left(`${excerpt(name)}: ${decoded.left}`)
    out.set(name.slice(0, -'.npy'.length), decoded.right)
  }
  return E.right(out)
}

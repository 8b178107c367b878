import { Inflate } from 'fflate'
import { concatBytes } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { crc32 } from '../math/crc.ts'
import { excerpt } from '../tensor/printable.ts'
import { DEFLATED, zipEntries } from './zipEntries.ts'

/** Input bytes per step; deflate expands them at most 1032 times, which bounds the output. */
const PIECE = 16_384

/** The files of an archive by name, as parts of its bytes. */
export type Files = ReadonlyMap<string, Uint8Array>

const lengthOf = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((sum, { length }) => sum + length, 0)

/** Deflated bytes, of which there have to be `length`; null where there are others. */
const inflate = (deflated: Uint8Array, length: number): Uint8Array | null => {
  const chunks: Uint8Array[] = []
  const stream = new Inflate((chunk) => chunks.push(chunk))
  try {
    for (let from = 0; from < deflated.length; from += PIECE) {
      stream.push(deflated.subarray(from, from + PIECE), from + PIECE >= deflated.length)
      if (lengthOf(chunks) > length) return null
    }
  } catch {
    return null
  }
  return lengthOf(chunks) === length ? concatBytes(...chunks) : null
}

/**
 * The files of a zip archive. Those that are stored as they are come as views of the bytes given;
 * deflated ones are inflated bit by bit, and no further than the archive says and `most` allows.
 *
 * @param most how many bytes all deflated files may come to together
 * @returns Left as `zipEntries` says, and where a checksum differs or there is too much to inflate
 */
export const unzip = (bytes: Uint8Array, most: number): E.Either<string, Files> => {
  const entries = zipEntries(bytes)
  if (E.isLeft(entries)) return entries
  const files = new Map<string, Uint8Array>()
  let inflated = 0
  for (const { name, method, crc, length, data } of entries.right) {
    const wrong = (problem: string) => E.left(`${excerpt(name)}: ${problem}`)
    inflated += method === DEFLATED ? length : 0
    if (inflated > most)
      return wrong(
        `expected at most ${most} bytes of compressed files, got ${inflated}: raise the limit if you trust the archive`,
      )
    const file = method === DEFLATED ? inflate(data, length) : data
    if (file === null) return wrong(`expected ${length} deflated bytes, got different ones`)
    if (crc32(file) !== crc)
      return wrong('expected its checksum, got a different one: it was changed')
    files.set(name, file)
  }
  return E.right(files)
}

import { Inflate } from 'fflate'
import { concatBytes } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { crc32 } from '../math/crc.ts'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const [LOCAL_SIZE, CENTRAL_SIZE, END_SIZE] = [30, 46, 22]
const ENCRYPTED = 1
const [STORED, DEFLATED] = [0, 8]
/** As much input at once as keeps what it can become, at most 1032 times as much, in bounds. */
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
 * Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16
 *
 * @param most how many bytes all deflated files may come to together
 * @returns Left with what is wrong: no archive, a comment at its end, another compression or
 * encryption, two files of one name, files that overlap, a checksum that differs, or too much to
 * inflate
 */
export const unzip = (bytes: Uint8Array, most: number): E.Either<string, Files> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = bytes.length - END_SIZE
  if (end < 0 || view.getUint32(end, true) !== END)
    return E.left('expected a zip archive without a comment, got something else or only a part')
  const count = view.getUint16(end + 10, true)
  const files = new Map<string, Uint8Array>()
  let at = view.getUint32(end + 16, true)
  if (at + view.getUint32(end + 12, true) !== end)
    return E.left('expected a list of files that reaches to the end of the archive')
  let total = 0
  let inflated = 0
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_SIZE > end || view.getUint32(at, true) !== CENTRAL)
      return E.left(`expected ${count} files, got ${i}`)
    const [named, extra, noted] = [28, 30, 32].map((x) => view.getUint16(at + x, true)) as [
      number,
      number,
      number,
    ]
    const name = new TextDecoder().decode(
      bytes.subarray(at + CENTRAL_SIZE, Math.min(at + CENTRAL_SIZE + named, end)),
    )
    const flags = view.getUint16(at + 8, true)
    const method = view.getUint16(at + 10, true)
    if ((method !== STORED && method !== DEFLATED) || (flags & ENCRYPTED) !== 0)
      return E.left(
        `${name}: expected it stored or deflated, got ${(flags & ENCRYPTED) !== 0 ? 'it encrypted' : `compression method ${method}`}`,
      )
    if (files.has(name)) return E.left(`${name}: expected one file of that name, got two`)
    const size = view.getUint32(at + 20, true)
    const local = view.getUint32(at + 42, true)
    if (local + LOCAL_SIZE > end || view.getUint32(local, true) !== LOCAL)
      return E.left(`${name}: expected its header at byte ${local}, got something else`)
    const from =
      local + LOCAL_SIZE + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    total += size
    if (from + size > end || total > bytes.length)
      return E.left(`${name}: expected ${size} bytes of its own inside the archive`)
    const stored = bytes.subarray(from, from + size)
    const length = view.getUint32(at + 24, true)
    inflated += method === DEFLATED ? length : 0
    if (inflated > most)
      return E.left(
        `${name}: expected at most ${most} bytes of compressed files, got ${inflated}: raise the limit if you trust the archive`,
      )
    const file = method === DEFLATED ? inflate(stored, length) : stored
    if (file === null) return E.left(`${name}: expected ${length} deflated bytes, got others`)
    if (crc32(file) !== view.getUint32(at + 16, true))
      return E.left(`${name}: expected its checksum, got another: it was changed`)
    files.set(name, file)
    at += CENTRAL_SIZE + named + extra + noted
  }
  return at === end ? E.right(files) : E.left(`expected ${count} files, got more bytes`)
}

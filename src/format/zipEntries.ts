import * as E from 'fp-ts/lib/Either.js'
import { excerpt } from '../tensor/printable.ts'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const [LOCAL_SIZE, CENTRAL_SIZE, END_SIZE] = [30, 46, 22]
const ENCRYPTED = 1
/** Flag: checksum and sizes follow the data, and are 0 in the header before it. */
const FOLLOWED = 8
/** Placeholder for a size that is stored in 64 bits in the extra field. */
const WIDE = 0xffff_ffff

const STORED = 0
export const DEFLATED = 8

/** A file in an archive, as listed in its directory. */
interface ZipEntry {
  /** as in the archive: print it with `excerpt` only */
  readonly name: string
  readonly method: typeof STORED | typeof DEFLATED
  readonly crc: number
  /** size in bytes after decompression */
  readonly length: number
  /** view of its bytes in the archive */
  readonly data: Uint8Array
}

interface Header {
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly size: number
  readonly length: number
  readonly named: number
  readonly extra: number
}

/** The fields that a header beside a file and one in the directory share, in one order. */
const headerAt = (view: DataView, at: number): Header => ({
  flags: view.getUint16(at, true),
  method: view.getUint16(at + 2, true),
  crc: view.getUint32(at + 8, true),
  size: view.getUint32(at + 12, true),
  length: view.getUint32(at + 16, true),
  named: view.getUint16(at + 20, true),
  extra: view.getUint16(at + 22, true),
})

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Whether the local header of a file agrees with the directory. */
const isSame = (local: Header, central: Header): boolean => {
  const follows = (local.flags & FOLLOWED) !== 0
  const agrees = (field: 'crc' | 'size' | 'length'): boolean =>
    local[field] === central[field] ||
    (follows && local[field] === 0) ||
    (field !== 'crc' && local[field] === WIDE && local.extra > 0)
  return (
    local.method === central.method &&
    local.flags === central.flags &&
    agrees('crc') &&
    agrees('size') &&
    agrees('length')
  )
}

/** A file, and the bytes of the archive that are its own: its header and its data. */
interface Placed extends ZipEntry {
  readonly from: number
  readonly to: number
}

/** The file that the header at `at` of the directory describes; `directory` is where the directory begins. */
const placed = (
  bytes: Uint8Array,
  view: DataView,
  at: number,
  directory: number,
): E.Either<string, Placed> => {
  const central = headerAt(view, at + 8)
  const name = textOf(bytes.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + central.named))
  const wrong = (problem: string) => E.left(`${excerpt(name)}: ${problem}`)
  const { flags, method, crc, size, length } = central
  if ((flags & ENCRYPTED) !== 0) return wrong('expected it stored or deflated, got it encrypted')
  if (method !== STORED && method !== DEFLATED)
    return wrong(`expected it stored or deflated, got compression method ${method}`)
  const from = view.getUint32(at + 42, true)
  if (from + LOCAL_SIZE > directory || view.getUint32(from, true) !== LOCAL)
    return wrong(`expected its header at byte ${from}, got something else`)
  const local = headerAt(view, from + 6)
  const begin = from + LOCAL_SIZE + local.named + local.extra
  const to = begin + size
  if (to > directory) return wrong(`expected ${size} separate bytes inside the archive`)
  const own = textOf(bytes.subarray(from + LOCAL_SIZE, from + LOCAL_SIZE + local.named))
  if (own !== name || !isSame(local, central))
    return wrong('expected its header to agree with the directory, got something else')
  if (method === STORED && length !== size)
    return wrong(`expected ${size} stored bytes, got ${length}`)
  return E.right({ name, method, crc, length, data: bytes.subarray(begin, to), from, to })
}

/** Left if two files overlap. */
const expectApart = (entries: readonly Placed[]): E.Either<string, readonly Placed[]> => {
  const sorted = entries.toSorted((a, b) => a.from - b.from)
  for (const [i, { name, from }] of sorted.entries()) {
    const before = sorted[i - 1]
    if (before !== undefined && from < before.to)
      return E.left(
        `${excerpt(name)}: expected separate bytes, got some of ${excerpt(before.name)}: files overlap`,
      )
  }
  return E.right(entries)
}

/**
 * The files of a zip archive, in the order of its directory, neither decompressed nor copied. Files do
 * not overlap, and their local headers agree with the directory.
 *
 * Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16
 *
 * @returns Left with what is wrong: no archive, a comment at its end, another compression or
 * encryption, two files of one name, headers that differ, files that overlap
 */
export const zipEntries = (bytes: Uint8Array): E.Either<string, readonly ZipEntry[]> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = bytes.length - END_SIZE
  if (end < 0 || view.getUint32(end, true) !== END)
    return E.left('expected a zip archive without a comment, got something else or only a part')
  const count = view.getUint16(end + 10, true)
  const directory = view.getUint32(end + 16, true)
  if (directory + view.getUint32(end + 12, true) !== end)
    return E.left('expected a list of files that ends at the end of the archive')
  const found = new Map<string, Placed>()
  let at = directory
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_SIZE > end || view.getUint32(at, true) !== CENTRAL)
      return E.left(`expected ${count} files, got ${i}`)
    const next =
      at +
      CENTRAL_SIZE +
      [28, 30, 32].reduce((sum, field) => sum + view.getUint16(at + field, true), 0)
    if (next > end) return E.left(`expected ${count} files, got ${i}`)
    const entry = placed(bytes, view, at, directory)
    if (E.isLeft(entry)) return entry
    const { name } = entry.right
    if (found.has(name)) return E.left(`${excerpt(name)}: expected one file of that name, got two`)
    found.set(name, entry.right)
    at = next
  }
  return at === end
    ? expectApart([...found.values()])
    : E.left(`expected ${count} files, got more bytes`)
}

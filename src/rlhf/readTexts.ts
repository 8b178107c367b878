import { concatBytes } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { corpusError, type CorpusError } from './vocabulary.ts'

/** The largest corpus that is read by default: 64 MiB. */
export const MOST_BYTES = 1 << 26

const LINE_FEED = 10
const UTF16: ReadonlyArray<readonly [name: string, first: number, second: number]> = [
  ['UTF-16LE', 0xff, 0xfe],
  ['UTF-16BE', 0xfe, 0xff],
]

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** The first line, from 0 on, that is not UTF-8. No byte of a longer character is a line feed. */
const wrongLine = (bytes: Uint8Array): number => {
  let row = 0
  for (let from = 0; ; row++) {
    const end = bytes.indexOf(LINE_FEED, from)
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return row
    from = end + 1
  }
}

/**
 * The lines of a text in UTF-8, without line feeds, carriage returns before them, or a byte order mark.
 *
 * @param pieces is read no further than `most` bytes, so that it may be endless
 * @param what the name of the texts in errors
 * @returns Left of a `large` error beyond that many bytes, of an `encoding` error that names the first
 * wrong line (from 0 on), or of an `empty` error where every line is blank
 */
export const readTexts = (
  pieces: Iterable<Uint8Array>,
  most: number = MOST_BYTES,
  what = 'corpus',
): E.Either<CorpusError, readonly string[]> => {
  const read: Uint8Array[] = []
  let size = 0
  for (const piece of pieces) {
    size += piece.length
    if (size > most)
      return E.left(corpusError('large', `${what}: expected at most ${most} bytes, got more`))
    // The source may overwrite a piece when it is asked for the next one.
    read.push(piece.slice())
  }
  const bytes = concatBytes(...read)
  const utf16 = UTF16.find(([, first, second]) => bytes[0] === first && bytes[1] === second)
  if (utf16 !== undefined)
    return E.left(
      corpusError('encoding', `${what}: expected UTF-8, got ${utf16[0]}: convert the file`, 0),
    )
  if (!isUtf8(bytes)) {
    const row = wrongLine(bytes)
    return E.left(
      corpusError('encoding', `line ${row + 1}: expected UTF-8, got invalid bytes`, row),
    )
  }
  const lines = new TextDecoder('utf-8').decode(bytes).split(/\r?\n/u)
  if (lines.at(-1) === '') lines.pop()
  return lines.every((line) => line.trim() === '')
    ? E.left(corpusError('empty', `${what}: expected at least one line, got none`))
    : E.right(lines)
}

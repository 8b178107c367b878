import { concatBytes } from '@noble/hashes/utils.js'

/** Longer lines than this are refused rather than held in memory: 128 MiB. */
const LONGEST = 1 << 27

const LINE_FEED = 10

/**
 * Splits a stream of UTF-8 chunks into lines, without their line feeds. Holds one line and one chunk
 * at a time; the source may overwrite a chunk once the next one is requested.
 *
 * @throws RangeError at a line of more than 128 MiB, or after a last line that has no line feed
 */
export function* linesOf(pieces: Iterable<Uint8Array>): Generator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let rest: Uint8Array[] = []
  let held = 0
  let count = 0
  for (const piece of pieces) {
    const end = piece.lastIndexOf(LINE_FEED)
    if (end >= 0) {
      rest.push(piece.subarray(0, end))
      const whole = rest.length === 1 ? rest[0]! : concatBytes(...rest)
      for (const line of decoder.decode(whole).split('\n')) {
        yield line
        count += 1
      }
      rest = []
      held = 0
    }
    const tail = piece.slice(end + 1)
    if (tail.length === 0) continue
    rest.push(tail)
    held += tail.length
    if (held > LONGEST)
      throw new RangeError(`line ${count + 1}: expected at most ${LONGEST} bytes, got more`)
  }
  if (held > 0) throw new RangeError(`line ${count + 1}: expected a line feed at its end`)
}

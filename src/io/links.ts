import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** Bytes of a link of the hash chain, in the file `chain`: SHA-256, one after the other. */
export const LINK_BYTES = 32

/** The links of a hash chain, that of the start first. A list of them is one. */
export interface Links {
  readonly length: number
  /** undefined where there is none */
  readonly at: (i: number) => string | undefined
}

/** Links as the file `chain` holds them. */
export const linkBytes = (links: readonly string[]): Uint8Array => {
  const out = new Uint8Array(links.length * LINK_BYTES)
  links.forEach((link, i) => out.set(hexToBytes(link), i * LINK_BYTES))
  return out
}

/** The links that bytes of such a file hold. */
export const linksIn = (bytes: Uint8Array): readonly string[] =>
  Array.from({ length: Math.floor(bytes.length / LINK_BYTES) }, (_, i) =>
    bytesToHex(bytes.subarray(i * LINK_BYTES, (i + 1) * LINK_BYTES)),
  )

/** Links read from a file at once: 64 KiB. */
const BLOCK = 2048

/**
 * Links that are read when they are asked for, a block of them at a time.
 *
 * @param read the pieces of the file from one place to another, as `chunks` gives them
 */
export const linksFrom = (
  length: number,
  read: (from: number, to: number) => Iterable<Uint8Array>,
): Links => {
  let start = -1
  let block: readonly string[] = []
  return {
    length,
    at: (i) => {
      if (i < 0 || i >= length) return undefined
      const first = i - (i % BLOCK)
      if (first !== start) {
        const end = Math.min(length, first + BLOCK)
        const bytes = new Uint8Array((end - first) * LINK_BYTES)
        let place = 0
        for (const piece of read(first * LINK_BYTES, end * LINK_BYTES)) {
          bytes.set(piece, place)
          place += piece.length
        }
        block = linksIn(bytes)
        start = first
      }
      return block[i - first]
    },
  }
}

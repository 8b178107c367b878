import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** Bytes per link in the file `chain`, which is a sequence of SHA-256 hashes. */
export const LINK_BYTES = 32

/**
 * The links of a hash chain in hexadecimal, by index: link 0 is of the initial state, link i of update
 * i. An array of links is one.
 */
export interface Links {
  readonly length: number
  /** link i, or undefined if i is out of range */
  readonly at: (i: number) => string | undefined
}

/** Encodes links in the format of the file `chain`. */
export const linkBytes = (links: readonly string[]): Uint8Array => {
  const out = new Uint8Array(links.length * LINK_BYTES)
  links.forEach((link, i) => out.set(hexToBytes(link), i * LINK_BYTES))
  return out
}

/** Decodes links from the format of the file `chain`. */
export const linksIn = (bytes: Uint8Array): readonly string[] =>
  Array.from({ length: Math.floor(bytes.length / LINK_BYTES) }, (_, i) =>
    bytesToHex(bytes.subarray(i * LINK_BYTES, (i + 1) * LINK_BYTES)),
  )

/** Links read from a file at once: 64 KiB. */
const BLOCK = 2048

/**
 * Links that are read on demand, a block at a time.
 *
 * @param read reads a range of bytes of the file `chain`, in chunks
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

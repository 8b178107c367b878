import { createHash, hash as hashAtOnce } from 'node:crypto'
import type { Digest } from './hash.ts'

/** SHA-256 as Node has it, several times faster than the portable one, for what large nets leave. */
export const nodeSha256: Digest = (bytes) => hashAtOnce('sha256', bytes, 'buffer')

/** An incremental SHA-256. */
export interface RunningSha256 {
  readonly add: (bytes: Uint8Array) => void
  /** The hash of all bytes so far, in lower-case hexadecimal; more may follow. */
  readonly hex: () => string
}

export const runningSha256 = (): RunningSha256 => {
  const hash = createHash('sha256')
  return {
    add: (bytes) => {
      hash.update(bytes)
    },
    hex: () => hash.copy().digest('hex'),
  }
}

/** The SHA-256 of pieces, in lower-case hexadecimal. */
export const sha256OfPieces = (pieces: Iterable<Uint8Array>): string => {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

import { bytesToHex } from '@noble/hashes/utils.js'
import { nodeSha256 } from '../run/nodeSha256.ts'

/** SHA-256, in lower-case hexadecimal, by Node's own code. */
export const hashOfBytes = (bytes: Uint8Array): string => bytesToHex(nodeSha256(bytes))

/** Bytes that are named by their content. */
export interface Blob {
  /** SHA-256 of the bytes, in lower-case hexadecimal */
  readonly hash: string
  readonly bytes: Uint8Array
}

/** Bytes with their hash, by which a shard names them. */
export const blobOf = (bytes: Uint8Array): Blob => ({ hash: hashOfBytes(bytes), bytes })

/** What a shard without an input of some kind names. */
export const noBlob: Blob = blobOf(new Uint8Array(0))

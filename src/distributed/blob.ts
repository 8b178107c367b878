import { bytesToHex } from '@noble/hashes/utils.js'
import { nodeSha256 } from '../run/nodeSha256.ts'

/** SHA-256, in lower-case hexadecimal, by Node's own code. */
export const hashOfBytes = (bytes: Uint8Array): string => bytesToHex(nodeSha256(bytes))

/** Content-addressed bytes. */
export interface Blob {
  /** SHA-256 of the bytes, in lower-case hexadecimal */
  readonly hash: string
  readonly bytes: Uint8Array
}

/** Bytes with their hash, which shards use as their name. */
export const blobOf = (bytes: Uint8Array): Blob => ({ hash: hashOfBytes(bytes), bytes })

/** The blob that a shard names for a missing input. */
export const noBlob: Blob = blobOf(new Uint8Array(0))

import type { Redis } from 'ioredis'
import { hashOfBytes, noBlob, type Blob } from '../blob.ts'
import type { Shard } from '../shard.ts'
import { KEPT_SECONDS, KEYS } from './keys.ts'

/** The inputs of shards, each once; empty ones need no place. */
export const inputsOf = (shards: readonly Shard[]): readonly Blob[] => [
  ...new Map(
    shards
      .flatMap(({ spec, params, states }) => [spec, params, states])
      .filter(({ bytes }) => bytes.length > 0)
      .map((blob) => [blob.hash, blob]),
  ).values(),
]

export const dropInputs = async (client: Redis, hashes: readonly string[]): Promise<void> => {
  for (let from = 0; from < hashes.length; from += 1000)
    await client.unlink(hashes.slice(from, from + 1000).map(KEYS.input))
}

/** Writes inputs where workers read them. */
export const putInputs = async (client: Redis, blobs: Iterable<Blob>): Promise<void> => {
  const writing = client.pipeline()
  for (const { hash, bytes } of blobs)
    writing.set(KEYS.input(hash), Buffer.from(bytes), 'EX', KEPT_SECONDS)
  for (const [error] of (await writing.exec()) ?? []) if (error !== null) throw error
}

/** Those of the inputs that are not there. */
export const missingInputs = async (
  client: Redis,
  blobs: readonly Blob[],
): Promise<readonly Blob[]> => {
  const asking = client.pipeline()
  for (const { hash } of blobs) asking.expire(KEYS.input(hash), KEPT_SECONDS)
  const found = (await asking.exec()) ?? []
  return blobs.filter((_, i) => {
    const [error, isThere] = found[i] ?? [null, 0]
    if (error !== null) throw error
    return isThere !== 1
  })
}

/** Reads an input, and keeps those that were used last: parameters of two versions, say. */
export const inputReader = (client: Redis, most: number) => {
  const kept = new Map<string, Uint8Array>()
  return async (hash: string): Promise<Uint8Array> => {
    if (hash === noBlob.hash) return noBlob.bytes
    const found = kept.get(hash) ?? (await client.getBuffer(KEYS.input(hash)))
    if (found === null) throw new Error(`input ${hash}: expected its bytes, got none yet`)
    if (!kept.has(hash) && hashOfBytes(found) !== hash)
      throw new Error(`input ${hash}: expected bytes with that hash, got different ones`)
    kept.delete(hash)
    kept.set(hash, found)
    if (kept.size > most) kept.delete(kept.keys().next().value!)
    return found
  }
}

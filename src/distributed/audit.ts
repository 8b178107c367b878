import type { Compute } from './compute.ts'
import { hashOfBytes } from './blob.ts'
import { nonDeterminism } from './errors.ts'
import { shardId, type Shard } from './shard.ts'
import { foldIn, type Key } from '../random/key.ts'
import { uniforms53 } from '../random/uniform.ts'

/** Decides which shards the learner recomputes. */
export type Audit = (shard: Shard) => boolean

/**
 * Audits a share of all shards: each one with that probability, chosen with a secret that workers do not
 * know.
 *
 * @param share from 0 to 1
 * @param secret for example from `randomSecret`: the choice of audited shards does not change the bits of a run
 * @throws RangeError for any other share
 */
export const auditing = (share: number, secret: Key): Audit => {
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`audit: expected a share from 0 to 1, got ${share}`)
  return ({ iteration, index }) =>
    uniforms53(foldIn(foldIn(secret, iteration >>> 0), index), 1)[0]! < share
}

/** A random key that nobody can guess. */
export const randomSecret = (): Key => {
  const [first, second] = crypto.getRandomValues(new Uint32Array(2))
  return { words: [first!, second!] }
}

interface Audited {
  readonly shard: Shard
  readonly sha256: string
  readonly from: string
}

/** Computes what was kept once more, and compares. */
export const auditor = (compute: Compute) => {
  const kept: Audited[] = []
  return {
    keep: (shard: Shard, payload: Uint8Array, from: string): void => {
      kept.push({ shard, sha256: hashOfBytes(payload), from })
    },
    /** Throws a NonDeterminismError unless each payload is the one that is computed here. */
    expectSame: async (): Promise<void> => {
      for (const { shard, sha256, from } of kept) {
        const own = hashOfBytes(await compute(shard))
        if (own !== sha256)
          throw nonDeterminism(
            `shard ${shardId(shard)}: expected a result with SHA-256 ${own}, as computed here, got ${sha256} from ${from}`,
          )
      }
    },
  }
}

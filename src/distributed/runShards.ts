import * as E from 'fp-ts/lib/Either.js'
import type { Compute } from './compute.ts'
import { shardId, type Shard } from './shard.ts'

/**
 * Accepts the payload of a shard, given its index and the name of the process that computed it; Left if the
 * payload is invalid. A second, different payload of a shard is never accepted.
 */
export type Accept = (place: number, payload: Uint8Array, from: string) => E.Either<string, void>

/** Where shards are computed: in this process, on threads, or on other machines. */
export interface ShardExecutor {
  /** Computes all shards, in any order, and passes each payload to `accept` once. */
  readonly run: (shards: readonly Shard[], accept: Accept, signal?: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Computes shards, reads each payload with `read`, and returns the results in the order of the shards. The
 * result is the same for every executor, however often shards were retried.
 *
 * @throws RangeError if the executor's own machine gives a payload that cannot be read
 */
export const runShards = async <T>(
  executor: ShardExecutor,
  shards: readonly Shard[],
  read: (payload: Uint8Array, place: number, from: string) => E.Either<string, T>,
  signal?: AbortSignal,
): Promise<readonly T[]> => {
  const results: T[] = []
  await executor.run(
    shards,
    (place, payload, from) =>
      E.map((result: T) => {
        results[place] = result
      })(read(payload, place, from)),
    signal,
  )
  return results
}

/** The name of this process in messages about results. */
export const HERE = 'this process'

/** Takes a payload that was computed on this machine. @throws RangeError where it cannot be read */
export const takeOwn = (
  accept: Accept,
  shard: Shard,
  place: number,
  payload: Uint8Array,
  from: string,
): void => {
  const taken = accept(place, payload, from)
  if (E.isLeft(taken)) throw new RangeError(`shard ${shardId(shard)}: ${taken.left}`)
}

/** Computes shards one after the other in this thread. */
export const inProcess = (compute: Compute): ShardExecutor => ({
  run: async (shards, accept, signal) => {
    for (const [place, shard] of shards.entries()) {
      signal?.throwIfAborted()
      takeOwn(accept, shard, place, await compute(shard), HERE)
    }
  },
  close: () => Promise.resolve(),
})

import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Identity } from '../identity.ts'
import type { NamedEnvironment } from '../rolloutSpec.ts'
import { encodeShard, nameShard, shardId, type Shard } from '../shard.ts'
import { loaded } from './connect.ts'
import { QUEUE_PREFIX, queueName } from './keys.ts'
import { JOB_OPTIONS } from './settings.ts'

/** The jobs of a queue, as the one sees them who waits for their results. */
export interface Jobs {
  /** Adds the jobs of shards; one that the queue holds already stays as it is. */
  readonly add: (shards: readonly Shard[]) => Promise<void>
  /** Those of the shards that the queue holds no job of. */
  readonly gone: (shards: readonly Shard[]) => Promise<readonly Shard[]>
  /** Takes jobs back that nobody works at. */
  readonly remove: (shards: readonly Shard[]) => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens the queue of those who compute like us, over a connection that stays the caller's. */
export const openJobs = async (
  client: Redis,
  own: Identity,
  module: NamedEnvironment['module'] | null,
): Promise<Jobs> => {
  const bullmq = await loaded(import('bullmq'))
  const queue: Queue<string> = new bullmq.Queue<string>(queueName(own, module), {
    connection: client,
    prefix: QUEUE_PREFIX,
    skipVersionCheck: true,
  })
  queue.on('error', () => undefined)
  await queue.waitUntilReady()
  return {
    add: async (shards) => {
      await queue.addBulk(
        shards.map((shard) => ({
          name: shard.kind,
          data: encodeShard(nameShard(shard)),
          opts: { ...JOB_OPTIONS, jobId: shardId(shard) },
        })),
      )
    },
    gone: async (shards) => {
      const asking = client.pipeline()
      for (const shard of shards) asking.exists(queue.toKey(shardId(shard)))
      const found = (await asking.exec()) ?? []
      return shards.filter((_, i) => {
        const [error, isThere] = found[i] ?? [null, 0]
        if (error !== null) throw error
        return isThere !== 1
      })
    },
    remove: async (shards) => {
      await Promise.allSettled(shards.map((shard) => queue.remove(shardId(shard))))
    },
    close: () => queue.close(),
  }
}

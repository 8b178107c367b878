import { hashOf } from '../../sweep/protocol.ts'
import type { Identity } from '../identity.ts'
import type { NamedEnvironment } from '../rolloutSpec.ts'
import { PROTOCOL, shardId, type Shard } from '../shard.ts'

type Id = Pick<Shard, 'run' | 'iteration' | 'index'>

/** Every key of ours: workers may read `p` and `l`, and write `r`, `d`, `x` and `w`. */
export const KEYS = {
  /** inputs by their SHA-256 */
  input: (hash: string): string => `ppo:p:${hash}`,
  result: (shard: Id): string => `ppo:r:${shardId(shard)}`,
  /** a list of the shards of a run whose results are there */
  done: (run: string): string => `ppo:d:${run}`,
  /** why a shard has no result */
  failure: (shard: Id): string => `ppo:x:${shardId(shard)}`,
  worker: (name: string): string => `ppo:w:${name}`,
  learner: (name: string): string => `ppo:l:${name}`,
} as const

/** The prefix of all keys of BullMQ. */
export const QUEUE_PREFIX = 'ppo:q'

/** Seconds that inputs and results stay without anyone who asks for them. */
export const KEPT_SECONDS = 3600

/** Seconds after which nobody hears of a worker or learner that is gone. */
export const PRESENT_SECONDS = 15

/**
 * The queue of those who share a version, a numeric fingerprint and an environment: nobody else is ever
 * handed its jobs. Environments of the library share one queue; each module has its own.
 */
export const queueName = (own: Identity, module: NamedEnvironment['module'] | null): string =>
  `shards-${hashOf({ protocol: PROTOCOL, ...own, module: module ?? null }).slice(0, 32)}`

import type { AnyMetrics, AnyState, Settings } from '../algo/algorithm.ts'
import { auditing, randomSecret } from '../distributed/audit.ts'
import { onRedis } from '../distributed/redis/executor.ts'
import { runHash } from '../distributed/runHash.ts'
import { shardedRollout, type ShardedRollout } from '../distributed/shardedRollout.ts'
import type { RunConfig } from '../run/config.ts'
import { runSegmentsAsync, type PartsOf } from '../run/segments.ts'
import { version } from '../run/version.ts'
import { shardsNote } from './shardsNote.ts'
import { defaultShards, type RedisOptions } from './redisOptions.ts'
import type { RunEnvironment } from './runEnvironment.ts'

/** What steps a run whose environments act elsewhere. */
export interface Sharded {
  readonly steps: (from: AnyState<unknown>) => AsyncIterable<[AnyMetrics, AnyState<unknown>]>
  readonly transfers: null
  readonly interrupt: () => void
  readonly note: () => string
  readonly close: () => Promise<void>
}

/** Learns in this process from environments that act wherever workers are. */
export const openSharded = async (
  config: RunConfig,
  { env, module }: RunEnvironment,
  partsOf: PartsOf<unknown>,
  { url, shards: asked, audit: share }: RedisOptions,
  tell: (line: string) => void,
): Promise<Sharded> => {
  const { algorithm, settings, past, seed } = config
  const shards = Math.min(
    asked ?? config.distributed?.shards ?? defaultShards(settings),
    settings.envs,
  )
  const named = module === null ? { name: env.name } : { name: env.name, module }
  const run = runHash({
    env: named,
    algorithm,
    settings: { past, settings },
    seed,
    version,
    shards,
  })
  const stopping = new AbortController()
  const executor = await onRedis({ url, module, tell })
  const audit = auditing(share, randomSecret())
  const rollouts = new Map<Settings, ShardedRollout<unknown>>()
  const rolloutOf = (each: Settings): ShardedRollout<unknown> => {
    const found =
      rollouts.get(each) ??
      shardedRollout({
        executor,
        spec: { env: named, algorithm, settings: each, shards },
        env,
        run,
        audit,
        signal: stopping.signal,
      })
    rollouts.set(each, found)
    return found
  }
  return {
    steps: (from) =>
      runSegmentsAsync(config, (each) => ({ ...partsOf(each), rollout: rolloutOf(each) }), from),
    transfers: null,
    interrupt: () => stopping.abort(),
    note: shardsNote(executor),
    close: executor.close,
  }
}

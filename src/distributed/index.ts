export { auditing, randomSecret, type Audit } from './audit.ts'
export { blobOf, noBlob, type Blob } from './blob.ts'
export { computing, type Compute } from './compute.ts'
export { isNonDeterminism } from './errors.ts'
export { differenceOf, identity, type Identity } from './identity.ts'
export { findIn, type EnvironmentPlace } from './places.ts'
export { rangeOf, type NamedEnvironment, type RolloutSpec } from './rolloutSpec.ts'
export type { FindEnvironment } from './rolloutWork.ts'
export { runHash, type ShardedRun } from './runHash.ts'
export { inProcess, runShards, type Accept, type ShardExecutor } from './runShards.ts'
export { shardId, type Shard, type ShardKind } from './shard.ts'
export {
  shardedRollout,
  type ShardedRollout,
  type ShardedRolloutOptions,
} from './shardedRollout.ts'
export { onThreads, type ShardThreadOptions } from './threads.ts'
export {
  onRedis,
  type RedisExecutor,
  type RedisExecutorOptions,
  type ShardProgress,
} from './redis/executor.ts'
export { serveShards, type ServeOptions, type ShardServer } from './redis/serve.ts'

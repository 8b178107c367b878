import { hashOf } from '../sweep/protocol.ts'
import type { RolloutSpec } from './rolloutSpec.ts'

/** Everything that determines the shards of a run. */
export interface ShardedRun extends Pick<RolloutSpec, 'env' | 'algorithm' | 'shards'> {
  /** the config of the algorithm; for a fork, the earlier configs, too */
  readonly settings: unknown
  readonly seed: number
  /** the version of the library that runs it */
  readonly version: string
}

/** SHA-256 of the canonical JSON of everything that determines the shards of a run. */
export const runHash = (run: ShardedRun): string => hashOf({ format: 'proximal shards 1', ...run })

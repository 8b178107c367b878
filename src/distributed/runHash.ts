import { hashOf } from '../sweep/protocol.ts'
import type { RolloutSpec } from './rolloutSpec.ts'

/** All that the shards of a run follow from. */
export interface ShardedRun extends Pick<RolloutSpec, 'env' | 'algorithm' | 'shards'> {
  /** the config of the algorithm, and of a fork, those before it */
  readonly settings: unknown
  readonly seed: number
  /** the library that makes the run */
  readonly version: string
}

/** SHA-256 of the canonical JSON of all that the shards of a run follow from. */
export const runHash = (run: ShardedRun): string => hashOf({ format: 'proximal shards 1', ...run })

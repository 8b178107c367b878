import type { Fault } from '../algo/fault.ts'
import type { AnyState } from '../algo/algorithm.ts'
import type { GpuUpdate } from '../algo/ppo/gpu/update.ts'
import type { StoredCheckpoint } from '../run/checkpoint.ts'
import type { Past } from '../run/folder/journal.ts'
import type { Lock } from '../run/folder/lock.ts'
import type { Budget } from '../run/budget.ts'
import type { RunConfig } from '../run/config.ts'
import type { Every } from './checkpointing.ts'
import type { BackendOptions } from './backendOptions.ts'
import type { RedisOptions } from './redisOptions.ts'
import type { Problem } from './problem.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import type { Seen } from './seen.ts'

/** A run whose folder exists, and its progress. */
export interface StartedRun {
  readonly config: RunConfig
  readonly environment: RunEnvironment
  readonly out: string
  /** excludes other processes from the folder */
  readonly lock: Lock
  /** null: at the start */
  readonly from: StoredCheckpoint | null
  /** what the files of the folder hold */
  readonly past: Past
  /** of the updates until now */
  readonly seen: Seen
}

/** How a run is trained. */
export interface TrainOptions {
  readonly backend: BackendOptions
  /** null: environments act in this process */
  readonly redis: RedisOptions | null
  readonly every: Every
  readonly json: boolean
  /** limits for work on a folder from another person */
  readonly budget: Budget
  /** whether to start a TensorBoard event file; an existing one is always continued */
  readonly tensorboard: boolean
}

/** The state of a run when it ended, or was ended. */
export interface TrainResult {
  readonly state: AnyState<unknown>
  /** the last one of the hash chain */
  readonly link: string
  readonly interrupted: boolean
  readonly seconds: number
  readonly threads: number
  readonly transfers: GpuUpdate['transfers'] | null
  readonly failure: Problem | null
  readonly fault: Fault | null
}

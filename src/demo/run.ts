import type { Metrics } from '../algo/ppo/iterate.ts'
import type { RunView } from '../worker/training/progress.ts'
import type { Claim, PpoRun } from './link/link.ts'

/** The run at hand, which is always one of PPO. */
export interface Run extends RunView {
  /** all that it follows from; null before the first run begins */
  readonly config: PpoRun | null
  readonly history: readonly Metrics[]
  /** environment steps per second, for each update */
  readonly speeds: readonly number[]
  /** updates per second at most; null: as many as it can */
  readonly pace: number | null
  /** what the link that was opened says it comes to */
  readonly claim: Claim | null
}

/** A run that was left for another one, or the one at hand, as the curves show it. */
export interface Recorded {
  readonly config: NonNullable<Run['config']>
  readonly history: Run['history']
  /** environment steps per second, for each update */
  readonly speeds: readonly number[]
}

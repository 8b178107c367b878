import type { AnyMetrics } from '../../algo/algorithm.ts'
import type { BackendName } from '../../kernel/backends.ts'
import type { RunConfig } from '../../run/config.ts'

/** What a run is doing. `idle`: there is none. */
export type Phase = 'idle' | 'running' | 'paused' | 'done' | 'failed'

/** The policy after an update: `io.decodeTrained` reads it. */
export interface PolicyBytes {
  readonly update: number
  readonly bytes: Uint8Array
}

/** What changed in a run since the last item of `watch`. */
export interface Progress {
  /** rises with each `start` */
  readonly generation: number
  /** everything that determines the run; null if it is unchanged since the item before, or there is no run */
  readonly config: RunConfig | null
  readonly phase: Phase
  /** why the run failed */
  readonly problem: string | null
  /** updates done at the run's current position */
  readonly update: number
  /** total number of updates */
  readonly updates: number
  /** the link of the hash chain after `update` */
  readonly link: string
  /** metrics of updates that are new; those of earlier updates before `first` stay, later ones do not */
  readonly metrics: readonly AnyMetrics[]
  /** how many updates before the first of `metrics` */
  readonly first: number
  /** the links of the hash chain after `first` updates and after each of `metrics` */
  readonly links: readonly string[]
  /** the updates that the run can go back to, in rising order */
  readonly kept: readonly number[]
  /** environment steps per second of training, over about the last second; 0 before the first update */
  readonly stepsPerSecond: number
  readonly threads: number
  readonly backend: BackendName
  /** the newest policy; null if it is the one sent before */
  readonly policy: PolicyBytes | null
  /** a checkpoint to continue from if this worker is lost; null most of the time */
  readonly checkpoint: Uint8Array | null
}

/** A run as a page sees it: the sum of all progress. */
export interface RunView extends Omit<
  Progress,
  'metrics' | 'first' | 'links' | 'checkpoint' | 'config'
> {
  /** everything that determines the run, the same object until that changes; null before the first `start` */
  readonly config: RunConfig | null
  /** the metrics of each update, from the first to the furthest */
  readonly history: readonly AnyMetrics[]
  /** link i of the hash chain, of the initial state (0) and of each update in `history` */
  readonly links: readonly string[]
  readonly checkpoint: Uint8Array | null
}

/** A run of which nothing is known yet. */
export const noRun: RunView = {
  generation: 0,
  config: null,
  phase: 'idle',
  problem: null,
  update: 0,
  updates: 0,
  link: '',
  history: [],
  links: [],
  kept: [],
  stepsPerSecond: 0,
  threads: 1,
  backend: 'wasm',
  policy: null,
  checkpoint: null,
}

/** The view of a run after more progress. */
export const nextView = (run: RunView, { metrics, first, links, ...now }: Progress): RunView => ({
  ...now,
  config: now.config ?? run.config,
  history:
    first === run.history.length && metrics.length === 0
      ? run.history
      : [...run.history.slice(0, first), ...metrics],
  links:
    links.length === 1 && run.links.length === first + 1 && run.links[first] === links[0]
      ? run.links
      : [...run.links.slice(0, first), ...links],
  policy: now.policy ?? (now.generation === run.generation ? run.policy : null),
  checkpoint: now.checkpoint ?? (now.generation === run.generation ? run.checkpoint : null),
})

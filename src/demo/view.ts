import type * as E from 'fp-ts/lib/Either.js'
import type { PpoConfig } from '../algo/ppo/config.ts'
import type { TrainingClient } from '../worker/training/connectTraining.ts'
import type { Claim, PpoRun } from './link/link.ts'
import type { Recorded, Run } from './run.ts'
import type { Store } from './store.ts'
import type { Language } from './words.ts'
import type { PageHandlers } from './worker.ts'

export type { Run } from './run.ts'

/** What views can do with the run. Left says, in English, why not. */
export interface Control {
  /** Another run. */
  readonly start: (run: PpoRun, claim?: Claim | null) => Promise<E.Either<string, void>>
  /** Trains on, to the end or to an update. */
  readonly go: (to?: number) => Promise<E.Either<string, void>>
  readonly pause: () => Promise<E.Either<string, void>>
  /** One update. */
  readonly step: () => Promise<E.Either<string, void>>
  /** Goes to an update that is kept, and waits there. */
  readonly goTo: (update: number) => Promise<E.Either<string, void>>
  /** Other settings from a kept update on (now, without one): the run forks there. */
  readonly setSettings: (change: Partial<PpoConfig>, at?: number) => Promise<E.Either<string, void>>
  readonly pace: (updatesPerSecond: number | null) => Promise<void>
}

/** A field of the address that belongs to a view: `teach` or `names`. */
export interface LinkField {
  readonly get: () => string | null
  readonly set: (value: string | null) => void
}

/** What a view has to work with. */
export interface Context {
  readonly language: Language
  /** the worker: `client.call(name, argument)`, `client.stream(name, argument)` */
  readonly client: TrainingClient<PageHandlers>
  /** changes at most once a frame of the display */
  readonly run: Store<Run>
  /** earlier runs of this visit, the newest last */
  readonly runs: Store<readonly Recorded[]>
  readonly control: Control
  readonly linkField: (name: string) => LinkField
  /** Says something in the page's status line, which screen readers read out. */
  readonly say: (text: string) => void
}

/** A part of the page, under a hash of its own. */
export interface View {
  /**
   * Draws into `host`, and returns what removes its listeners, timers and streams again. It is mounted
   * anew when the language changes.
   */
  readonly mount: (host: HTMLElement, context: Context) => () => void
}

/** A view by its name, loaded when it is first opened. */
export interface ViewEntry {
  readonly id: string
  readonly title: { readonly [L in Language]: string }
  readonly load: () => Promise<View>
  /** false: the view is about something else than the run, whose bar is hidden */
  readonly isOfRun?: false
}

import type { Observation } from '../observation.ts'
import type { Box, Element, Space } from '../space.ts'
import type { Later } from '../../engine/task.ts'

/** A vector of numbers: an array or a typed array. It is copied, so the game may reuse it. */
export type GymNumbers = ArrayLike<number>

/** An observation of a game; numbers may be in any array-like. */
export type GymObservation<O extends Space> = O extends Box ? GymNumbers : Observation<O>

/** What `reset` may return: an observation, or an observation and an info, which is ignored. */
export type GymReset<O extends Space = Box> =
  | GymObservation<O>
  | readonly [GymObservation<O>, unknown]
  | { readonly observation: GymObservation<O> }

/**
 * What `step` may return: the five values of Gymnasium, as a tuple or by their names. The info is
 * ignored.
 */
export type GymStep<O extends Space = Box> =
  | readonly [GymObservation<O>, number, boolean, boolean, unknown]
  | {
      readonly observation: GymObservation<O>
      readonly reward: number
      readonly terminated: boolean
      readonly truncated: boolean
    }

/** Which choices are allowed, like `actionMask` of an `Environment`: true or 1 for each allowed choice. */
export type GymMask = ArrayLike<boolean | number>

/** A game whose answers may be promises. */
export interface AsyncGym<A extends Space = Space, O extends Space = Box> {
  /** spaces other than a box are flattened: see `flatten` */
  readonly observationSpace: O
  readonly actionSpace: A
  /** Begins an episode, which the seed, a whole number from 0 to 2³² − 1, determines completely. */
  reset(options: { readonly seed: number }): Later<GymReset<O>>
  step(action: Element<A>): Later<GymStep<O>>
  /** The choices that are allowed now. */
  actionMask?(): Later<GymMask>
  /**
   * Everything that determines the rest of the episode, including future random numbers, as a value that
   * later steps do not change. It must be plain data if states are to go to other threads or into files.
   */
  snapshot?(): unknown
  /** Continues from a snapshot, of this instance or another, without changing it. */
  restore?(snapshot: unknown): Later<void>
  close?(): Later<void>
}

/**
 * A game in the style of Gymnasium: an object with `reset` and `step` that keeps its own state. It ends
 * episodes with `terminated` and `truncated`. It must be deterministic: its answers depend only on the seed
 * and the actions since.
 */
export interface Gym<A extends Space = Space, O extends Space = Box> extends AsyncGym<A, O> {
  reset(options: { readonly seed: number }): GymReset<O>
  step(action: Element<A>): GymStep<O>
  actionMask?(): GymMask
  restore?(snapshot: unknown): void
  close?(): void
}

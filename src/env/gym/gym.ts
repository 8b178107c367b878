import type { Box, Element, Space } from '../space.ts'
import type { Later } from '../task.ts'

/** Numbers in a row: an array, or a typed array, which the game may use again: it is copied. */
export type GymNumbers = ArrayLike<number>

/** What `reset` may answer: an observation, alone or with an info that nobody reads. */
export type GymReset =
  GymNumbers | readonly [GymNumbers, unknown] | { readonly observation: GymNumbers }

/** What `step` may answer: Gymnasium's five, the info of which nobody reads, or by their names. */
export type GymStep =
  | readonly [GymNumbers, number, boolean, boolean, unknown]
  | {
      readonly observation: GymNumbers
      readonly reward: number
      readonly terminated: boolean
      readonly truncated: boolean
    }

/** Which choices are open, as `actionMask` of an Environment: true or 1 for those that are. */
export type GymMask = ArrayLike<boolean | number>

/** A game whose answers may be promises. */
export interface AsyncGym<A extends Space = Space> {
  readonly observationSpace: Box
  readonly actionSpace: A
  /** Begins an episode that the seed, a whole number from 0 to 2³² − 1, fixes altogether. */
  reset(options: { readonly seed: number }): Later<GymReset>
  step(action: Element<A>): Later<GymStep>
  /** The choices that are open now. */
  actionMask?(): Later<GymMask>
  /**
   * All that goes on from here, random numbers to come among it, as a value that later steps leave
   * alone: plain data where states shall go to other threads or into files.
   */
  snapshot?(): unknown
  /** Goes on from a snapshot, of this instance or of another, and leaves it as it is. */
  restore?(snapshot: unknown): Later<void>
  close?(): Later<void>
}

/**
 * A game as one writes it: an object that is reset and stepped, as in Gymnasium, and remembers by
 * itself where it is. It ends episodes by `terminated` and `truncated`, and has to be
 * deterministic: the seed and the actions since decide what it answers.
 */
export interface Gym<A extends Space = Space> extends AsyncGym<A> {
  reset(options: { readonly seed: number }): GymReset
  step(action: Element<A>): GymStep
  actionMask?(): GymMask
  restore?(snapshot: unknown): void
  close?(): void
}

import type { Key } from '../random/key.ts'
import type { Observation } from './observation.ts'
import type { Box, Discrete, Element, Space } from './space.ts'
import type { Later } from './task.ts'

/** What a step brought. */
export interface Outcome {
  readonly reward: number
  /** The episode ended in a state whose value is 0 (the pole fell). */
  readonly terminated: boolean
  /** It was cut off from outside (a time limit); the state's value counts on. */
  readonly truncated: boolean
}

/** What of a world a policy is made for. */
export interface WorldSpec<A extends Space = Space, O extends Space = Box> {
  readonly name: string
  readonly observationSpace: O
  readonly actionSpace: A
}

/** What of a world there is to see. */
export interface Seen<S, A extends Space = Space, O extends Space = Box> extends WorldSpec<A, O> {
  /** The observation of a state: of a box, `observationSpace.size` numbers in an array or a typed array. */
  readonly observe: (state: S) => Observation<O>
  /**
   * Which choices may be made in a state: one entry for each of a discrete space's, for each entry's
   * one after the other in a multi-discrete one, for each bit of a multi-binary one (a closed bit
   * is 0), and for those of the parts of a product; none for a box. Without it all are open.
   */
  readonly actionMask?: (state: S) => readonly boolean[]
}

/** What an environment may say about itself, and be told. */
interface Managed<S> {
  /**
   * Told of a state that nobody will go on from, such as the last one of an episode that was cut
   * off, so that what is held for it (a game, a connection) may serve another. It changes no answer.
   */
  readonly release?: (state: S) => void
  /** In how many of its states it can be at a time, as where there are no more games; any unless said. */
  readonly capacity?: number
  /** Whether a state can be gone on from only once, as where a game makes no snapshots. */
  readonly forwardOnly?: boolean
  /** How it starts its next episode by itself, if it does: see the wrapper `autoReset`. */
  readonly autoReset?: 'sameStep' | 'nextStep'
}

/**
 * A world as plain functions: a key and a state go in, a new state comes out, nothing is written.
 * S is the world's own state, of any immutable type, A the space of its actions and O that of its
 * observations: a box, unless it is wrapped in `flattenObservation` before anything acts in it.
 */
export interface Environment<S, A extends Space = Space, O extends Space = Box>
  extends Seen<S, A, O>, Managed<S> {
  /** A first state. */
  readonly init: (key: Key) => S
  /** A method, so that a world of two actions may stand where a world of actions is asked for. */
  step(action: Element<A>, key: Key): (state: S) => [Outcome, S]
}

/** A world that takes its time, as one in another process does: the same, and it promises. */
export interface AsyncEnvironment<S, A extends Space = Space, O extends Space = Box>
  extends Seen<S, A, O>, Managed<S> {
  /**
   * milliseconds that those who act in it wait for an answer before it is a fault: 300,000 unless
   * given, Infinity for ever
   */
  readonly timeout?: number
  readonly init: (key: Key) => Promise<S>
  step(action: Element<A>, key: Key): (state: S) => Promise<[Outcome, S]>
}

/** An environment of either kind. What is written for it works at once, or when answers come. */
export interface AnyEnvironment<S, A extends Space = Space> extends Seen<S, A>, Managed<S> {
  readonly init: (key: Key) => Later<S>
  step(action: Element<A>, key: Key): (state: S) => Later<[Outcome, S]>
}

/** A world of single choices. */
export type DiscreteEnvironment<S> = Environment<S, Discrete>

import type { Key } from '../random/key.ts'
import type { Observation } from './observation.ts'
import type { Box, Discrete, Element, Space } from './space.ts'
import type { Later } from '../engine/task.ts'

/** What a step brought. */
export interface Outcome {
  readonly reward: number
  /** The episode ended in a state whose value is 0 (the pole fell). */
  readonly terminated: boolean
  /** It was cut off from outside (a time limit); the state's value counts on. */
  readonly truncated: boolean
}

/** What of an environment a policy is made for. */
export interface EnvSpec<A extends Space = Space, O extends Space = Box> {
  readonly name: string
  readonly observationSpace: O
  readonly actionSpace: A
}

/** What of an environment there is to see. */
export interface EnvView<S, A extends Space = Space, O extends Space = Box> extends EnvSpec<A, O> {
  /** The observation of a state; for a box, `observationSpace.size` numbers in an array or typed array. */
  readonly observe: (state: S) => Observation<O>
  /**
   * Which choices may be made in a state: one entry for each of a discrete space's, for each entry's
   * one after the other in a multi-discrete one, for each bit of a multi-binary one (a closed bit
   * is 0), and for those of the parts of a product; none for a box. Without it all are open.
   */
  readonly actionMask?: (state: S) => readonly boolean[]
}

/** Optional properties of an environment. */
interface Managed<S> {
  /**
   * Called with a state that will not be used again, such as the last one of a truncated episode, so
   * that its resources (a game, a connection) can be reused. Must not change any later answer.
   */
  readonly release?: (state: S) => void
  /** maximum number of concurrent states, for example of games; unlimited by default */
  readonly capacity?: number
  /** whether a state can be stepped only once, as with a game that makes no snapshots */
  readonly forwardOnly?: boolean
  /** how it resets itself after an episode, if it does: see the wrapper `autoReset` */
  readonly autoReset?: 'sameStep' | 'nextStep'
}

/**
 * An environment as plain functions: a key and a state go in, a new state comes out, nothing is written.
 * S is the environment's own state, of any immutable type, A the space of its actions and O that of its
 * observations: a box, unless it is wrapped in `flattenObservation` before anything acts in it.
 */
export interface Environment<S, A extends Space = Space, O extends Space = Box>
  extends EnvView<S, A, O>, Managed<S> {
  /** A first state. */
  readonly init: (key: Key) => S
  /** A method, so that an environment of two actions may stand where an environment of actions is asked for. */
  step(action: Element<A>, key: Key): (state: S) => [Outcome, S]
}

/** An environment that takes its time, as one in another process does: the same, and it promises. */
export interface AsyncEnvironment<S, A extends Space = Space, O extends Space = Box>
  extends EnvView<S, A, O>, Managed<S> {
  /**
   * milliseconds after which a missing answer is a fault: 300,000 by default, Infinity to wait for
   * ever
   */
  readonly timeout?: number
  readonly init: (key: Key) => Promise<S>
  step(action: Element<A>, key: Key): (state: S) => Promise<[Outcome, S]>
}

/** A synchronous or asynchronous environment, for code that handles both. */
export interface AnyEnvironment<S, A extends Space = Space> extends EnvView<S, A>, Managed<S> {
  readonly init: (key: Key) => Later<S>
  step(action: Element<A>, key: Key): (state: S) => Later<[Outcome, S]>
}

/** An environment of single choices. */
export type DiscreteEnvironment<S> = Environment<S, Discrete>

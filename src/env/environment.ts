import type { Key } from '../random/key.ts'
import type { Observation } from './observation.ts'
import type { Box, Discrete, Element, Space } from './space.ts'
import type { Later } from '../engine/task.ts'

/** The outcome of a step. */
export interface Outcome {
  readonly reward: number
  /** The episode ended in a state whose value is 0 (the pole fell). */
  readonly terminated: boolean
  /** The episode was cut off (by a time limit); the state's value still counts. */
  readonly truncated: boolean
}

/** The part of an environment that determines the shape of a policy: its spaces. */
export interface EnvSpec<A extends Space = Space, O extends Space = Box> {
  readonly name: string
  readonly observationSpace: O
  readonly actionSpace: A
}

/** The part of an environment that code can observe without stepping it. */
export interface EnvView<S, A extends Space = Space, O extends Space = Box> extends EnvSpec<A, O> {
  /** The observation of a state; for a box, `observationSpace.size` numbers in an array or typed array. */
  readonly observe: (state: S) => Observation<O>
  /**
   * Which choices are allowed in a state. There is one entry per choice: per value of a discrete space, per
   * value of each entry of a multi-discrete space in order, per bit of a multi-binary space (a masked bit is
   * 0), and for the parts of a product in order; none for a box. Without a mask, all choices are allowed.
   */
  readonly actionMask?: (state: S) => readonly boolean[]
}

/** Optional properties of an environment. */
interface Managed<S> {
  /**
   * Called with a state that will not be used again, such as the last one of a truncated episode, so that its
   * resources (a game, a connection) can be reused. It must not change any later result.
   */
  readonly release?: (state: S) => void
  /** maximum number of concurrent states, for example of games; unlimited by default */
  readonly capacity?: number
  /** whether a state can be stepped only once, as with a game without snapshots */
  readonly forwardOnly?: boolean
  /** how it resets itself after an episode, if it does: see the wrapper `autoReset` */
  readonly autoReset?: 'sameStep' | 'nextStep'
}

/**
 * An environment as pure functions: they take a key and a state, return a new state, and modify nothing. S is
 * the environment's state, of any immutable type, A the space of its actions and O the space of its
 * observations. O is a box, unless the environment is to be wrapped with `flattenObservation`.
 */
export interface Environment<S, A extends Space = Space, O extends Space = Box>
  extends EnvView<S, A, O>, Managed<S> {
  /** A first state. */
  readonly init: (key: Key) => S
  /**
   * A method, so that an environment with two actions is assignable to an environment with any discrete
   * actions.
   */
  step(action: Element<A>, key: Key): (state: S) => [Outcome, S]
}

/** An environment whose `init` and `step` return promises, such as one in another process. */
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

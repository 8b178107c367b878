import type { AnyEnvironment, AsyncEnvironment, Environment } from '../environment.ts'
import type { Space } from '../space.ts'
import { andThen } from '../../engine/task.ts'
import { around, type Wrappable } from './around.ts'

/** The state of an environment, with the return and the length of its episode so far. */
export interface Counted<S> {
  /** Σ rewards since the episode began, added in order, in f64. */
  readonly return: number
  /** Steps since then. */
  readonly length: number
  readonly state: S
}

/** Wraps an environment; the result is synchronous or asynchronous like the environment. */
type EpisodeStatistics = <E extends Wrappable>(
  env: E,
) => E extends AsyncEnvironment<infer S, infer A>
  ? AsyncEnvironment<Counted<S>, A>
  : E extends Environment<infer S, infer A>
    ? Environment<Counted<S>, A>
    : never

const counted = <S, A extends Space>(env: AnyEnvironment<S, A>): AnyEnvironment<Counted<S>, A> =>
  around(env, {
    init: (key) => andThen(env.init(key), (state) => ({ return: 0, length: 0, state })),
    step: (action, key) => {
      const step = env.step(action, key)
      return ({ return: earned, length, state }) =>
        andThen(step(state), ([outcome, next]) => [
          outcome,
          { return: earned + outcome.reward, length: length + 1, state: next },
        ])
    },
  })

/**
 * Keeps the return and the length of the episode so far in the state, for programs that step an environment
 * themselves; `vectorise` keeps its own. Under `autoReset('sameStep')`, `final` has those of the whole
 * episode.
 */
export const episodeStatistics: EpisodeStatistics = counted as unknown as EpisodeStatistics

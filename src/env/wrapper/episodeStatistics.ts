import type { AnyEnvironment, AsyncEnvironment, Environment } from '../environment.ts'
import type { Space } from '../space.ts'
import { andThen } from '../task.ts'
import { around } from './around.ts'

export interface Counted<S> {
  /** Σ rewards since the episode began, added in order, in f64. */
  readonly return: number
  /** Steps since then. */
  readonly length: number
  readonly state: S
}

/** For an environment that promises its answers, and for one that answers at once. */
interface EpisodeStatistics {
  <S, A extends Space>(env: AsyncEnvironment<S, A>): AsyncEnvironment<Counted<S>, A>
  <S, A extends Space>(env: Environment<S, A>): Environment<Counted<S>, A>
}

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
 * Keeps the return and the length of the episode so far in the state, for who drives a world by
 * hand: `vectorise` counts for itself. Under `autoReset('sameStep')` the whole episode's are those
 * of `final`.
 */
export const episodeStatistics: EpisodeStatistics = counted as EpisodeStatistics

import { expectCount } from '../../tensor/argument.ts'
import type { AnyEnvironment, AsyncEnvironment, Environment } from '../environment.ts'
import type { Space } from '../space.ts'
import { andThen } from '../task.ts'
import { around } from './around.ts'

export interface Timed<S> {
  readonly elapsed: number
  readonly state: S
}

/** For an environment that promises its answers, and for one that answers at once. */
interface TimeLimit {
  <S, A extends Space>(env: AsyncEnvironment<S, A>): AsyncEnvironment<Timed<S>, A>
  <S, A extends Space>(env: Environment<S, A>): Environment<Timed<S>, A>
}

/**
 * Truncates every episode after `limit` steps. A limit is not part of the world: the last state
 * is not terminal, and its value is still estimated.
 *
 * @throws RangeError unless the limit is a whole number >= 1
 */
export const timeLimit = (limit: number): TimeLimit => {
  expectCount('limit', limit)
  const wrap = <S, A extends Space>(env: AnyEnvironment<S, A>): AnyEnvironment<Timed<S>, A> =>
    around(env, {
      init: (key) => andThen(env.init(key), (state) => ({ elapsed: 0, state })),
      step: (action, key) => {
        const step = env.step(action, key)
        return ({ elapsed, state }) =>
          andThen(step(state), ([outcome, next]) => [
            { ...outcome, truncated: outcome.truncated || elapsed + 1 >= limit },
            { elapsed: elapsed + 1, state: next },
          ])
      },
    })
  return wrap as TimeLimit
}

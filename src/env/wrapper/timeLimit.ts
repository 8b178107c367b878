import { expectCount } from '../../tensor/argument.ts'
import type { AnyEnvironment, AsyncEnvironment, Environment } from '../environment.ts'
import type { Space } from '../space.ts'
import { andThen } from '../../engine/task.ts'
import { around, type Wrappable } from './around.ts'

/**
 * The state of an environment with a time limit: its own state, and the steps since the episode
 * began.
 */
export interface Timed<S> {
  readonly elapsed: number
  readonly state: S
}

/** Wraps an environment; the result is synchronous or asynchronous like the environment. */
type TimeLimit = <E extends Wrappable>(
  env: E,
) => E extends AsyncEnvironment<infer S, infer A>
  ? AsyncEnvironment<Timed<S>, A>
  : E extends Environment<infer S, infer A>
    ? Environment<Timed<S>, A>
    : never

/**
 * Truncates every episode after `limit` steps. A limit is not part of the environment: the last state
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
  return wrap as unknown as TimeLimit
}

import { expectCount } from '../../tensor/argument.ts'
import type { Environment } from '../environment.ts'
import type { Space } from '../space.ts'

export interface Timed<S> {
  readonly elapsed: number
  readonly state: S
}

/**
 * Truncates every episode after `limit` steps. A limit is not part of the world: the last state
 * is not terminal, and its value is still estimated.
 *
 * @throws RangeError unless the limit is a whole number >= 1
 */
export const timeLimit = (limit: number) => {
  expectCount('limit', limit)
  return <S, A extends Space>({
    actionMask,
    ...env
  }: Environment<S, A>): Environment<Timed<S>, A> => ({
    ...env,
    init: (key) => ({ elapsed: 0, state: env.init(key) }),
    step: (action, key) => {
      const step = env.step(action, key)
      return ({ elapsed, state }) => {
        const [outcome, next] = step(state)
        const truncated = outcome.truncated || elapsed + 1 >= limit
        return [
          { ...outcome, truncated },
          { elapsed: elapsed + 1, state: next },
        ]
      }
    },
    observe: ({ state }) => env.observe(state),
    ...(actionMask === undefined ? {} : { actionMask: ({ state }) => actionMask(state) }),
  })
}

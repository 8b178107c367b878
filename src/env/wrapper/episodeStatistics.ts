import type { Environment } from '../environment.ts'
import type { Space } from '../space.ts'

export interface Counted<S> {
  /** Σ rewards since the episode began, added in order, in f64. */
  readonly return: number
  /** Steps since then. */
  readonly length: number
  readonly state: S
}

/**
 * Keeps the return and the length of the episode so far in the state, for who drives a world by
 * hand: `vectorise` counts for itself. Under `autoReset('sameStep')` the whole episode's are those
 * of `final`.
 */
export const episodeStatistics = <S, A extends Space>({
  actionMask,
  ...env
}: Environment<S, A>): Environment<Counted<S>, A> => ({
  ...env,
  init: (key) => ({ return: 0, length: 0, state: env.init(key) }),
  step: (action, key) => {
    const step = env.step(action, key)
    return ({ return: earned, length, state }) => {
      const [outcome, next] = step(state)
      return [outcome, { return: earned + outcome.reward, length: length + 1, state: next }]
    }
  },
  observe: ({ state }) => env.observe(state),
  ...(actionMask === undefined ? {} : { actionMask: ({ state }) => actionMask(state) }),
})

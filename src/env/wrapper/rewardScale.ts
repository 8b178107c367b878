import type { Environment } from '../environment.ts'
import type { Space } from '../space.ts'

/**
 * r ↦ factor · r, for worlds whose rewards are too large or too small to learn from.
 *
 * @throws RangeError unless the factor is a finite number
 */
export const rewardScale = (factor: number) => {
  if (!Number.isFinite(factor))
    throw new RangeError(`factor: expected a finite number, got ${factor}`)
  return <S, A extends Space>(env: Environment<S, A>): Environment<S, A> => ({
    ...env,
    step: (action, key) => {
      const step = env.step(action, key)
      return (state) => {
        const [outcome, next] = step(state)
        return [{ ...outcome, reward: factor * outcome.reward }, next]
      }
    },
  })
}

import type { AnyEnvironment } from '../environment.ts'
import type { Space } from '../space.ts'
import { andThen } from '../../engine/task.ts'
import { wrapper, type Wrapper } from './around.ts'

/**
 * Multiplies every reward by `factor`, for environments whose rewards are too large or too small to
 * learn from.
 *
 * @throws RangeError unless the factor is a finite number
 */
export const rewardScale = (factor: number): Wrapper => {
  if (!Number.isFinite(factor))
    throw new RangeError(`factor: expected a finite number, got ${factor}`)
  return wrapper(<S, A extends Space>(env: AnyEnvironment<S, A>): AnyEnvironment<S, A> => ({
    ...env,
    step: (action, key) => {
      const step = env.step(action, key)
      return (state) =>
        andThen(step(state), ([outcome, next]) => [
          { ...outcome, reward: factor * outcome.reward },
          next,
        ])
    },
  }))
}

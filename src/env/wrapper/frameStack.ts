import { expectCount } from '../../tensor/argument.ts'
import type { AnyEnvironment, AsyncEnvironment, Environment } from '../environment.ts'
import { expectNumberArray } from '../numbers.ts'
import { box, type Space } from '../space.ts'
import { andThen } from '../../engine/task.ts'
import { around, type Wrappable } from './around.ts'

/** The k − 1 states before the present one, oldest first. */
export interface Stacked<S> {
  readonly past: readonly S[]
  readonly state: S
}

/** Wraps an environment; the result is synchronous or asynchronous like the environment. */
type FrameStack = <E extends Wrappable>(
  env: E,
) => E extends AsyncEnvironment<infer S, infer A>
  ? AsyncEnvironment<Stacked<S>, A>
  : E extends Environment<infer S, infer A>
    ? Environment<Stacked<S>, A>
    : never

const repeat = (k: number, bounds: readonly number[]): readonly number[] =>
  Array.from({ length: k }, () => bounds).flat()

/**
 * Joins the last k observations, oldest first, so that a policy can see what a single frame does not show,
 * such as speed in pixels. Before step k − 1, the first observation fills the missing positions. The wrapper
 * stores states, which are smaller than observations.
 *
 * @throws RangeError unless k is a whole number >= 1
 */
export const frameStack = (k: number): FrameStack => {
  expectCount('k', k)
  const wrap = <S, A extends Space>(env: AnyEnvironment<S, A>): AnyEnvironment<Stacked<S>, A> => {
    const { size, low, high } = env.observationSpace
    return {
      ...around<S, A, Stacked<S>>(env, {
        init: (key) =>
          andThen(env.init(key), (state) => ({
            past: Array.from({ length: k - 1 }, () => state),
            state,
          })),
        step: (action, key) => {
          const step = env.step(action, key)
          return ({ past, state }) =>
            andThen(step(state), ([outcome, next]) => [
              outcome,
              { past: [...past, state].slice(1), state: next },
            ])
        },
      }),
      observationSpace: box(k * size, repeat(k, low), repeat(k, high)),
      observe: ({ past, state }) => {
        // A loop: pictures have thousands of numbers, and each step is observed.
        const out: number[] = []
        for (const one of [...past, state]) {
          const seen = expectNumberArray('observation', env.observe(one))
          for (let j = 0; j < seen.length; j++) out.push(seen[j]!)
        }
        return out
      },
    }
  }
  return wrap as unknown as FrameStack
}

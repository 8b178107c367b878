import type { AsyncEnvironment, Environment } from '../environment.ts'
import { flatten, flattenSpace } from '../flatten.ts'
import type { Space } from '../space.ts'

/** What of an environment is seen. */
interface Shown<S> {
  readonly observationSpace: Space
  readonly observe: (state: S) => never
}

/**
 * Shows observations of any space (discrete, multi-discrete, bits, products and tuples, one inside
 * the other) as the vectors of a box, which is what policies see: see `flatten` for the order.
 *
 * @throws RangeError, where it is asked for an observation, when that is not of the space
 */
export const flattenObservation: {
  <S, A extends Space, O extends Space>(env: Environment<S, A, O>): Environment<S, A>
  <S, A extends Space, O extends Space>(env: AsyncEnvironment<S, A, O>): AsyncEnvironment<S, A>
} = <S, E extends Shown<S>>(env: E) => ({
  ...env,
  observationSpace: flattenSpace(env.observationSpace),
  observe: (state: S) => flatten(env.observationSpace, env.observe(state)),
})

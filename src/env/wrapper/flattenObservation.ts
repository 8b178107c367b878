import type { AsyncEnvironment, Environment } from '../environment.ts'
import { flatten, flattenSpace } from '../flatten.ts'
import type { Space } from '../space.ts'
import type { Wrappable } from './around.ts'

/** Wraps an environment; the result is synchronous or asynchronous like the environment. */
type FlattenObservation = <E extends Wrappable<Space, Space>>(
  env: E,
) => E extends AsyncEnvironment<infer S, infer A, Space>
  ? AsyncEnvironment<S, A>
  : E extends Environment<infer S, infer A, Space>
    ? Environment<S, A>
    : never

const flattened = <S>(env: Environment<S, Space, Space>): Environment<S> => ({
  ...env,
  observationSpace: flattenSpace(env.observationSpace),
  observe: (state: S) => flatten(env.observationSpace, env.observe(state)),
})

/**
 * Wraps an environment with observations of any space (discrete, multi-discrete, multi-binary, products
 * and tuples, nested) so that it shows vectors in a box, as policies need: see `flatten` for the order.
 *
 * @throws RangeError from `observe`, if an observation does not fit the space
 */
export const flattenObservation: FlattenObservation = flattened as unknown as FlattenObservation

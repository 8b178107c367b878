import type { AsyncEnvironment, Environment } from '../environment.ts'
import { flatten, flattenSpace } from '../flatten.ts'
import type { Space } from '../space.ts'
import type { Wrappable } from './around.ts'

/** Of an environment that promises its answers, or of one that answers at once, one like it. */
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
 * Shows observations of any space (discrete, multi-discrete, bits, products and tuples, one inside
 * the other) as the vectors of a box, which is what policies see: see `flatten` for the order.
 *
 * @throws RangeError, where it is asked for an observation, when that is not of the space
 */
export const flattenObservation: FlattenObservation = flattened as unknown as FlattenObservation

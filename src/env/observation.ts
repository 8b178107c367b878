import type { NumberArray } from './numbers.ts'
import type { Discrete, Product, Space, Tuple } from './space.ts'

/**
 * What may be given as an observation of a space: a number for a discrete one, numbers in any array
 * for several, an object with the names of a product, an array with the places of a tuple.
 */
export type Observation<O extends Space> = O extends Discrete
  ? number
  : O extends Product<infer P>
    ? { readonly [K in keyof P]: Observation<P[K]> }
    : O extends Tuple<infer P>
      ? number extends P['length']
        ? readonly unknown[]
        : { readonly [I in keyof P]: Observation<P[I]> }
      : NumberArray

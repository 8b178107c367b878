import type { NumberArray } from './numbers.ts'
import type { Discrete, Product, Space, Tuple } from './space.ts'

/**
 * The type of an observation of a space: a number for a discrete space, an array of numbers for a box,
 * multi-discrete or multi-binary space, an object for a product, an array for a tuple.
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

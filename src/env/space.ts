/** n actions or observations, 0 … n − 1. */
export interface Discrete<N extends number = number> {
  readonly kind: 'discrete'
  readonly n: N
}

/** A vector of `size` numbers, each between its own bounds. */
export interface Box<N extends number = number> {
  readonly kind: 'box'
  readonly size: N
  readonly low: readonly number[]
  readonly high: readonly number[]
}

export type Space = Discrete | Box

type Below<N extends number, R extends number[] = []> = R['length'] extends N
  ? R[number]
  : Below<N, [...R, R['length']]>

/** What an element of a space is: `0 | 1` for `Discrete<2>`, a vector for a box. */
export type Element<S extends Space> =
  S extends Discrete<infer N> ? (number extends N ? number : Below<N>) : readonly number[]

export const discrete = <const N extends number>(n: N): Discrete<N> => ({ kind: 'discrete', n })

/** A box with one pair of bounds an entry. */
export const box = <const N extends number>(
  size: N,
  low: readonly number[],
  high: readonly number[],
): Box<N> => ({ kind: 'box', size, low, high })

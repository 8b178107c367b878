import { expectCount } from '../tensor/argument.ts'

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

/** Several whole numbers at once, entry i one of 0 … sizes[i] − 1. */
export interface MultiDiscrete<N extends readonly number[] = readonly number[]> {
  readonly kind: 'multiDiscrete'
  readonly sizes: N
}

/** n bits. */
export interface MultiBinary<N extends number = number> {
  readonly kind: 'multiBinary'
  readonly n: N
}

export interface Spaces {
  readonly [name: string]: Space
}

/** Spaces side by side, by name, in the order in which they were written. */
export interface Product<P extends Spaces = Spaces> {
  readonly kind: 'product'
  readonly spaces: P
}

export type Space = Discrete | Box | MultiDiscrete | MultiBinary | Product

/**
 * 0 | 1 | … | N − 1 up to N = 64. Beyond, and where the compiler does not know N, it is number: a
 * longer union takes long to check, fills errors, and cannot be written at all from 999 on.
 */
type Below<N extends number> = N extends number ? (number extends N ? number : UpTo<N>) : never

type UpTo<N extends number, R extends number[] = []> = R['length'] extends N
  ? R[number]
  : R['length'] extends 64
    ? number
    : UpTo<N, [...R, R['length']]>

/**
 * What an element of a space is: `0 | 1` for `Discrete<2>`, `readonly [0 | 1 | 2, 0 | 1]` for
 * `MultiDiscrete<[3, 2]>`, bits, a vector for a box, and for a product an object of its names. Choices
 * among more than 64 are numbers.
 */
export type Element<S extends Space> =
  S extends Discrete<infer N>
    ? Below<N>
    : S extends MultiDiscrete<infer N>
      ? { readonly [I in keyof N]: Below<N[I]> }
      : S extends MultiBinary
        ? ReadonlyArray<0 | 1>
        : S extends Product<infer P>
          ? { readonly [K in keyof P]: Element<P[K]> }
          : readonly number[]

/** @throws RangeError unless n is a whole number >= 1 */
export const discrete = <const N extends number>(n: N): Discrete<N> => {
  expectCount('n', n)
  return { kind: 'discrete', n }
}

/**
 * A box with one pair of bounds an entry, which may be infinite.
 *
 * @throws RangeError unless there are `size` >= 1 pairs with low <= high
 */
export const box = <const N extends number>(
  size: N,
  low: readonly number[],
  high: readonly number[],
): Box<N> => {
  expectCount('size', size)
  for (const [argument, bounds] of Object.entries({ low, high }))
    if (bounds.length !== size)
      throw new RangeError(`${argument}: expected ${size} numbers, got ${bounds.length}`)
  for (let j = 0; j < size; j++)
    if (!(low[j]! <= high[j]!))
      throw new RangeError(`low[${j}]: expected a number <= high[${j}] = ${high[j]}, got ${low[j]}`)
  return { kind: 'box', size, low, high }
}

/** @throws RangeError unless there is a size, and each is a whole number >= 1 */
export const multiDiscrete = <const N extends readonly number[]>(sizes: N): MultiDiscrete<N> => {
  if (sizes.length === 0) throw new RangeError('sizes: expected at least one size, got none')
  sizes.forEach((size, i) => expectCount(`sizes[${i}]`, size))
  return { kind: 'multiDiscrete', sizes }
}

/** @throws RangeError unless n is a whole number >= 1 */
export const multiBinary = <const N extends number>(n: N): MultiBinary<N> => {
  expectCount('n', n)
  return { kind: 'multiBinary', n }
}

/**
 * `product({ stick: box(2, [-1, -1], [1, 1]), button: discrete(2) })`: elements are
 * `{ stick: [0.5, 0], button: 1 }`.
 *
 * @throws RangeError when there is no space, or a name is a whole number: those are reordered
 */
export const product = <P extends Spaces>(spaces: P): Product<P> => {
  const names = Object.keys(spaces)
  if (names.length === 0) throw new RangeError('spaces: expected at least one space, got none')
  for (const name of names)
    if (/^\d+$/.test(name))
      throw new RangeError(`spaces: expected names that are no whole numbers, got ${name}`)
  return { kind: 'product', spaces }
}

/** How many numbers an element takes in a row of an action tensor. */
export const width = (space: Space): number => {
  if (space.kind === 'discrete') return 1
  if (space.kind === 'box') return space.size
  if (space.kind === 'multiDiscrete') return space.sizes.length
  if (space.kind === 'multiBinary') return space.n
  return Object.values(space.spaces).reduce((sum, part) => sum + width(part), 0)
}

/** How many choices an action of a space leaves open or closes: see `actionMask` of an environment. */
export const choices = (space: Space): number => {
  if (space.kind === 'discrete' || space.kind === 'multiBinary') return space.n
  if (space.kind === 'box') return 0
  if (space.kind === 'multiDiscrete') return space.sizes.reduce((sum, n) => sum + n, 0)
  return Object.values(space.spaces).reduce((sum, part) => sum + choices(part), 0)
}

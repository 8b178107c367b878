import { expectCount } from '../tensor/argument.ts'
import type { NumberArray } from './numbers.ts'
import type { IntegerRange } from './integerRange.ts'

/** The n whole numbers start, start + 1 … start + n − 1. */
export interface Discrete<
  N extends number = number,
  Start extends number = number extends N ? number : 0,
> {
  readonly kind: 'discrete'
  readonly n: N
  /** the first number; 0 if absent */
  readonly start?: Start
}

/** A vector of `size` numbers, each between its own bounds. */
export interface Box<N extends number = number> {
  readonly kind: 'box'
  readonly size: N
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** Vectors of whole numbers: entry i is one of start[i] … start[i] + sizes[i] − 1. */
export interface MultiDiscrete<
  N extends readonly number[] = readonly number[],
  Start extends readonly number[] = number extends N['length'] ? readonly number[] : readonly 0[],
> {
  readonly kind: 'multiDiscrete'
  readonly sizes: N
  /** the first number of each entry; all 0 if absent */
  readonly start?: Start
}

/** A space of n bits, each 0 or 1. */
export interface MultiBinary<N extends number = number> {
  readonly kind: 'multiBinary'
  readonly n: N
}

/** Several spaces by name, as the parts of a product. */
export interface Spaces {
  readonly [name: string]: Space
}

/** Spaces side by side, by name, in the order in which they were written. */
export interface Product<P extends Spaces = Spaces> {
  readonly kind: 'product'
  readonly spaces: P
}

/** An ordered list of spaces. */
export interface Tuple<P extends readonly Space[] = readonly Space[]> {
  readonly kind: 'tuple'
  readonly spaces: P
}

/** A space of observations or actions: the set of possible values, as data. */
export type Space = Discrete | Box | MultiDiscrete | MultiBinary | Product | Tuple

/**
 * The type of a space's elements: `0 | 1` for `Discrete<2>`, `1 | 2` for `Discrete<2, 1>`,
 * `readonly [0 | 1 | 2, 0 | 1]` for `MultiDiscrete<[3, 2]>`, bits, a vector for a box, an object for a
 * product, a tuple for a tuple. With more than 64 choices the type is `number`.
 */
export type Element<S extends Space> =
  S extends Discrete<infer N, infer Start>
    ? IntegerRange<N, Start>
    : S extends MultiDiscrete<infer N, infer Start>
      ? {
          readonly [I in keyof N]: IntegerRange<
            N[I],
            I extends keyof Start ? Start[I] : Start[number]
          >
        }
      : S extends MultiBinary
        ? ReadonlyArray<0 | 1>
        : S extends Product<infer P>
          ? { readonly [K in keyof P]: Element<P[K]> }
          : S extends Tuple<infer P>
            ? number extends P['length']
              ? readonly unknown[]
              : { readonly [I in keyof P]: Element<P[I]> }
            : readonly number[]

const expectStart = (argument: string, start: unknown, n: number): void => {
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger((start as number) + n)))
    throw new RangeError(`${argument}: expected a whole number, got ${String(start)}`)
}

/**
 * A space of n choices, numbered from `start` (0 by default), like Gymnasium's `Discrete(n, start=1)`.
 *
 * @throws RangeError unless n is a whole number >= 1, and start a whole number
 */
export const discrete: {
  <const N extends number>(n: N): Discrete<N>
  <const N extends number, const Start extends number>(n: N, start: Start): Discrete<N, Start>
} = (n: number, start = 0): Discrete<never, never> => {
  expectCount('n', n)
  expectStart('start', start, n)
  const space: Discrete = start === 0 ? { kind: 'discrete', n } : { kind: 'discrete', n, start }
  return space as Discrete<never, never>
}

const boundsOf = (argument: string, size: number, bounds: number | NumberArray) => {
  if (typeof bounds === 'number') return Array.from({ length: size }, () => bounds)
  if (bounds.length !== size)
    throw new RangeError(`${argument}: expected ${size} numbers, got ${bounds.length}`)
  return Array.isArray(bounds) ? (bounds as readonly number[]) : Array.from(bounds)
}

/**
 * A box of `size` numbers with bounds, which may be infinite: one pair per entry, or one number for all
 * entries.
 *
 * @throws RangeError unless there are `size` >= 1 pairs with low <= high
 */
export const box = <const N extends number>(
  size: N,
  low: number | NumberArray,
  high: number | NumberArray,
): Box<N> => {
  expectCount('size', size)
  const [least, most] = [boundsOf('low', size, low), boundsOf('high', size, high)]
  for (let j = 0; j < size; j++)
    if (!(least[j]! <= most[j]!))
      throw new RangeError(
        `low[${j}]: expected a number <= high[${j}] = ${most[j]}, got ${least[j]}`,
      )
  return { kind: 'box', size, low: least, high: most }
}

/**
 * A space of vectors of whole numbers; `start` is the first number of each entry, all 0 by default.
 *
 * @throws RangeError unless there is at least one size, every size is a whole number >= 1, and `start`,
 * if given, has one whole number per size
 */
export const multiDiscrete: {
  <const N extends readonly number[]>(sizes: N): MultiDiscrete<N>
  <const N extends readonly number[], const Start extends readonly number[]>(
    sizes: N,
    start: Start,
  ): MultiDiscrete<N, Start>
} = (sizes: readonly number[], start?: readonly number[]): MultiDiscrete<never, never> => {
  if (sizes.length === 0) throw new RangeError('sizes: expected at least one size, got none')
  sizes.forEach((size, i) => expectCount(`sizes[${i}]`, size))
  if (start !== undefined && start.length !== sizes.length)
    throw new RangeError(`start: expected ${sizes.length} numbers, got ${start.length}`)
  start?.forEach((first, i) => expectStart(`start[${i}]`, first, sizes[i]!))
  const isAtZero = start === undefined || start.every((first) => first === 0)
  const space: MultiDiscrete = { kind: 'multiDiscrete', sizes, ...(isAtZero ? {} : { start }) }
  return space as MultiDiscrete<never, never>
}

/**
 * The space of n bits, each 0 or 1.
 *
 * @param n a whole number >= 1
 * @throws RangeError when n is not one
 */
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
      throw new RangeError(`spaces: expected names that are not whole numbers, got ${name}`)
  return { kind: 'product', spaces }
}

/**
 * An ordered list of spaces: `[2, [0.5, 0]]` is an element of `tuple([discrete(3), box(2, -1, 1)])`.
 *
 * @throws RangeError if the list is empty
 */
export const tuple = <const P extends readonly Space[]>(spaces: P): Tuple<P> => {
  if (spaces.length === 0) throw new RangeError('spaces: expected at least one space, got none')
  return { kind: 'tuple', spaces }
}

/** The first number of a discrete space. */
export const startOf = ({ start = 0 }: Discrete): number => start

/** The first number of each entry of a multi-discrete space. */
export const startsOf = ({ sizes, start }: MultiDiscrete): readonly number[] =>
  start ?? sizes.map(() => 0)

/** The parts of a product or tuple in order, each with its name or index. */
export const partsOf = ({ spaces }: Product | Tuple): ReadonlyArray<readonly [string, Space]> =>
  Object.entries<Space>(spaces)

/** Assembles an element of a product or tuple from the elements of its parts, in order. */
export const elementOf = ({ spaces }: Product | Tuple, parts: readonly unknown[]): unknown =>
  Array.isArray(spaces)
    ? parts
    : Object.fromEntries(Object.keys(spaces).map((name, i) => [name, parts[i]]))

/** How many numbers an element takes in a row of an action tensor. */
export const width = (space: Space): number => {
  if (space.kind === 'discrete') return 1
  if (space.kind === 'box') return space.size
  if (space.kind === 'multiDiscrete') return space.sizes.length
  if (space.kind === 'multiBinary') return space.n
  return partsOf(space).reduce((sum, [, part]) => sum + width(part), 0)
}

/** How many choices an action of a space leaves open or closes: see `actionMask` of an environment. */
export const choices = (space: Space): number => {
  if (space.kind === 'discrete' || space.kind === 'multiBinary') return space.n
  if (space.kind === 'box') return 0
  if (space.kind === 'multiDiscrete') return space.sizes.reduce((sum, n) => sum + n, 0)
  return partsOf(space).reduce((sum, [, part]) => sum + choices(part), 0)
}

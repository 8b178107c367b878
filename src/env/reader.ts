import { expectOneOf } from '../tensor/argument.ts'
import { within } from '../tensor/check.ts'
import type { ReadonlyNumbers } from '../tensor/tensor.ts'
import { clip, lay } from './linear.ts'
import {
  elementOf,
  partsOf,
  startOf,
  startsOf,
  width,
  type Box,
  type Element,
  type Product,
  type Space,
  type Tuple,
} from './space.ts'

const BOUNDS = ['none', 'clip', 'squash'] as const

/**
 * How a box's numbers reach the environment: unchanged; clipped to [low, high]; or scaled linearly from [−1,
 * 1] to [low, high], and clipped.
 */
export type Bound = (typeof BOUNDS)[number]

/** Reads the element that begins at `from` of a row of numbers. */
export type Reader<S extends Space> = (row: ReadonlyNumbers, from: number) => Element<S>

type Read = (row: ReadonlyNumbers, from: number) => unknown

const whole = (x: number, n: number): number => {
  if (!(Number.isInteger(x) && x >= 0 && x < n))
    throw new RangeError(`expected a whole number from 0 to ${n - 1}, got ${x}`)
  return x
}

const readWholes =
  (sizes: readonly number[], starts: readonly number[]): Read =>
  (row, from) =>
    sizes.map((n, i) => starts[i]! + within(`entry ${i}`, () => whole(row[from + i]!, n)))

const bounded = ({ low, high }: Box, bound: Bound, j: number, x: number): number => {
  if (!(x >= -Infinity)) throw new RangeError(`entry ${j}: expected a number, got ${x}`)
  if (bound === 'none') return x
  if (bound === 'clip') return clip(x, low[j]!, high[j]!)
  return lay(x, -1, 1, low[j]!, high[j]!)
}

const readBox = (space: Box, bound: Bound): Read => {
  if (bound === 'squash')
    for (const [argument, bounds] of Object.entries({ low: space.low, high: space.high }))
      bounds.forEach((b, j) => {
        if (!Number.isFinite(b))
          throw new RangeError(`${argument}[${j}]: expected a finite bound to squash to, got ${b}`)
      })
  return (row, from) =>
    Array.from({ length: space.size }, (_, j) => bounded(space, bound, j, row[from + j]!))
}

const readParts = (space: Product | Tuple, bound: Bound): Read => {
  let end = 0
  const parts = partsOf(space).map(([key, part]) => {
    const at = end
    end += width(part)
    const name = space.kind === 'tuple' ? `entry ${key}` : key
    return { name, at, read: within(name, () => readOf(part, bound)) }
  })
  return (row, from) =>
    elementOf(
      space,
      parts.map(({ name, at, read }) => within(name, () => read(row, from + at))),
    )
}

const readOf = (space: Space, bound: Bound): Read => {
  if (space.kind === 'discrete') {
    const start = startOf(space)
    return (row, from) => start + whole(row[from]!, space.n)
  }
  if (space.kind === 'box') return readBox(space, bound)
  if (space.kind === 'multiDiscrete') return readWholes(space.sizes, startsOf(space))
  if (space.kind === 'multiBinary') {
    const bits = Array.from({ length: space.n }, () => 0)
    return readWholes(
      bits.map(() => 2),
      bits,
    )
  }
  return readParts(space, bound)
}

/**
 * Converts rows of `width(space)` numbers to elements of a space. Rows hold choices as indices from 0,
 * elements as numbers from the space's `start`.
 *
 * @returns a function that throws a RangeError for numbers that are not elements: `expected a whole
 * number from 0 to 2, got 3`, with `entry 1:` in front in a space of several, and the name in a
 * product. Boxes take every number but NaN.
 * @throws RangeError when the bound is unknown, or a box is to be squashed to an infinite one
 */
export const reader = <S extends Space>(space: S, bound: Bound): Reader<S> =>
  readOf(space, expectOneOf('bound', bound, BOUNDS)) as Reader<S>

import { errorAt, located, within } from '../tensor/check.ts'
import { isBigIntArray, isList } from './numbers.ts'
import type { Observation } from './observation.ts'
import { show } from './show.ts'
import {
  box,
  partsOf,
  startOf,
  startsOf,
  type Box,
  type Product,
  type Space,
  type Tuple,
} from './space.ts'

/** Compares by code points, like Python; `<` compares UTF-16 units. */
const byCodePoint = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => {
  const [x, y] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < Math.min(x.length, y.length); i++)
    if (x[i] !== y[i]) return x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!
  return x.length - y.length
}

/** The parts of a product, sorted by name, or of a tuple, in order. */
const sortedParts = (space: Product | Tuple): ReadonlyArray<readonly [string, Space]> =>
  space.kind === 'tuple' ? partsOf(space) : partsOf(space).toSorted(byCodePoint)

interface Bounds {
  readonly low: readonly number[]
  readonly high: readonly number[]
}

const bits = (count: number): Bounds => ({
  low: Array.from({ length: count }, () => 0),
  high: Array.from({ length: count }, () => 1),
})

const boundsOf = (space: Space): Bounds => {
  if (space.kind === 'box') return space
  if (space.kind === 'discrete' || space.kind === 'multiBinary') return bits(space.n)
  if (space.kind === 'multiDiscrete') return bits(space.sizes.reduce((sum, n) => sum + n, 0))
  const parts = sortedParts(space).map(([, part]) => boundsOf(part))
  return { low: parts.flatMap(({ low }) => low), high: parts.flatMap(({ high }) => high) }
}

/** The parts of an environment that describe its observations. */
interface Shown {
  readonly name: string
  readonly observationSpace: Space
}

/**
 * The observation space of an environment as a box.
 *
 * @throws RangeError if it is another space
 */
export const observedBox = ({ name, observationSpace }: Shown): Box => {
  if (observationSpace.kind === 'box') return observationSpace
  throw new RangeError(
    `observationSpace: expected a box, got ${show(observationSpace.kind)}: wrap ${name} with env.flattenObservation`,
  )
}

/**
 * The box that contains the flattened observations of a space; a box is returned unchanged.
 *
 * @see flatten
 */
export const flattenSpace = (space: Space): Box => {
  if (space.kind === 'box') return space
  const { low, high } = boundsOf(space)
  return box(low.length, low, high)
}

const expected = (what: string, got: unknown): RangeError =>
  errorAt({ field: 'observation' }, `expected ${what}, got ${show(got)}`)

const writeOneHot = (out: number[], start: number, n: number, x: unknown): void => {
  if (!(Number.isInteger(x) && (x as number) >= start && (x as number) < start + n))
    throw expected(`a whole number from ${start} to ${start + n - 1}`, x)
  for (let c = 0; c < n; c++) out.push(c === (x as number) - start ? 1 : 0)
}

const listOf = (count: number, what: string, x: unknown): ArrayLike<unknown> => {
  if (!isList(x) || isBigIntArray(x) || x.length !== count)
    throw expected(`an array of ${count}${what}`, x)
  return x
}

const writeNumbers = (out: number[], count: number, x: unknown): void => {
  const numbers = listOf(count, ' numbers', x)
  for (let j = 0; j < count; j++) {
    const number = numbers[j]
    if (typeof number !== 'number') throw located(`entry ${j}`, expected('a number', number))
    out.push(number)
  }
}

const writeProduct = (out: number[], space: Product, x: unknown): void => {
  const parts = sortedParts(space)
  const names = Object.keys(space.spaces).join(', ')
  if (typeof x !== 'object' || x === null || isList(x)) throw expected(`an object of ${names}`, x)
  for (const name of Object.keys(x))
    if (!Object.hasOwn(space.spaces, name)) throw expected(`only ${names}`, name)
  for (const [name, part] of parts)
    within(name, () => {
      if (!Object.hasOwn(x, name))
        throw errorAt({ field: 'observation' }, 'expected an entry, got none')
      write(out, part, (x as { readonly [name: string]: unknown })[name])
    })
}

const write = (out: number[], space: Space, x: unknown): void => {
  if (space.kind === 'discrete') writeOneHot(out, startOf(space), space.n, x)
  else if (space.kind === 'box') writeNumbers(out, space.size, x)
  else if (space.kind === 'multiDiscrete') {
    const [all, starts] = [listOf(space.sizes.length, ' numbers', x), startsOf(space)]
    space.sizes.forEach((n, i) =>
      within(`entry ${i}`, () => writeOneHot(out, starts[i]!, n, all[i])),
    )
  } else if (space.kind === 'multiBinary') {
    const all = listOf(space.n, ' bits', x)
    for (let i = 0; i < space.n; i++)
      within(`entry ${i}`, () => {
        if (all[i] !== 0 && all[i] !== 1) throw expected('0 or 1', all[i])
        out.push(all[i] as number)
      })
  } else if (space.kind === 'product') writeProduct(out, space, x)
  else {
    const all = listOf(space.spaces.length, '', x)
    space.spaces.forEach((part, i) => within(`entry ${i}`, () => write(out, part, all[i])))
  }
}

/**
 * Flattens an observation of any space to a vector, the input of a network. Discrete values and each
 * entry of a multi-discrete one become one-hot, bits and the numbers of a box stay, and the parts of a
 * product or tuple are concatenated. The parts of a product are sorted by the code points of their
 * names, as Gymnasium sorts a `Dict`:
 *
 *     flatten(product({ b: discrete(3), a: box(2, 0, 9) }), { a: [7, 8], b: 1 })  // [7, 8, 0, 1, 0]
 *
 * The order is that of `gymnasium.spaces.flatten`. Bounds of boxes are not checked here.
 *
 * @throws RangeError if the observation does not fit the space, with its path:
 * `b: expected a whole number from 0 to 2, got 3`
 */
export const flatten = <O extends Space>(
  space: O,
  observation: Observation<O>,
): readonly number[] => {
  const out: number[] = []
  write(out, space, observation)
  return out
}

import { isList } from './numbers.ts'
import { show } from './show.ts'
import {
  partsOf,
  startOf,
  startsOf,
  type Box,
  type Product,
  type Space,
  type Tuple,
} from './space.ts'

const range = (low: number, high: number): string => {
  if (low === -Infinity) return high === Infinity ? 'a finite number' : `a finite number <= ${high}`
  return high === Infinity ? `a finite number >= ${low}` : `a number from ${low} to ${high}`
}

const numberProblem = (low: number, high: number, x: unknown): string | null =>
  typeof x === 'number' && Number.isFinite(x) && x >= low && x <= high
    ? null
    : `expected ${range(low, high)}, got ${show(x)}`

const wholeProblem = (start: number, n: number, x: unknown): string | null =>
  Number.isInteger(x) && (x as number) >= start && (x as number) < start + n
    ? null
    : `expected a whole number from ${start} to ${start + n - 1}, got ${show(x)}`

const arrayProblem = (
  length: number,
  element: unknown,
  entryProblem: (j: number, x: unknown) => string | null,
): string | null => {
  if (!isList(element) || element.length !== length)
    return `expected an array of ${length}, got ${show(element)}`
  for (let j = 0; j < length; j++) {
    const problem = entryProblem(j, element[j])
    if (problem !== null) return `entry ${j}: ${problem}`
  }
  return null
}

const boxProblem = ({ size, low, high }: Box, element: unknown): string | null =>
  arrayProblem(size, element, (j, x) => numberProblem(low[j]!, high[j]!, x))

const productProblem = ({ spaces }: Product, element: unknown): string | null => {
  const names = Object.keys(spaces)
  if (typeof element !== 'object' || element === null || Array.isArray(element))
    return `expected an object of ${names.join(', ')}, got ${show(element)}`
  for (const name of names) {
    if (!Object.hasOwn(element, name)) return `${name}: expected an entry, got none`
    const problem = problemOf(spaces[name]!, (element as Readonly<Record<string, unknown>>)[name])
    if (problem !== null) return `${name}: ${problem}`
  }
  const other = Object.keys(element).find((name) => !names.includes(name))
  return other === undefined ? null : `expected only ${names.join(', ')}, got ${other}`
}

const tupleProblem = (space: Tuple, element: unknown): string | null => {
  const { length } = space.spaces
  if (!Array.isArray(element) || element.length !== length)
    return `expected an array of ${length}, got ${show(element)}`
  for (const [place, part] of partsOf(space)) {
    const problem = problemOf(part, element[Number(place)])
    if (problem !== null) return `entry ${place}: ${problem}`
  }
  return null
}

const problemOf = (space: Space, element: unknown): string | null => {
  if (space.kind === 'discrete') return wholeProblem(startOf(space), space.n, element)
  if (space.kind === 'box') return boxProblem(space, element)
  if (space.kind === 'multiDiscrete') {
    const starts = startsOf(space)
    return arrayProblem(space.sizes.length, element, (j, x) =>
      wholeProblem(starts[j]!, space.sizes[j]!, x),
    )
  }
  if (space.kind === 'multiBinary')
    return arrayProblem(space.n, element, (_, x) => wholeProblem(0, 2, x))
  if (space.kind === 'tuple') return tupleProblem(space, element)
  return productProblem(space, element)
}

/**
 * Checks whether any value is an element of a space: null if it is, otherwise what is wrong, as in
 * `stick: entry 2: expected a number from -1 to 1, got 3`. Vectors may be typed arrays. Numbers must be
 * finite even if a box is unbounded; an element of a product has exactly the names of its parts. Never
 * throws.
 */
export const contains = (space: Space, element: unknown): string | null => {
  try {
    return problemOf(space, element)
  } catch {
    return 'expected plain data, got something unreadable'
  }
}

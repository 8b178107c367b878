import { located } from '../../tensor/check.ts'
import { near } from '../../tensor/nearest.ts'
import { isList, type NumberArray } from '../numbers.ts'
import { show } from '../show.ts'
import {
  box,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  tuple,
  type Box,
  type Discrete,
  type MultiBinary,
  type MultiDiscrete,
  type Space,
} from '../space.ts'

/** The keys of each kind of space, as `env.box` and the others make them. */
const KEYS = {
  discrete: ['kind', 'n', 'start'],
  box: ['kind', 'size', 'low', 'high'],
  multiDiscrete: ['kind', 'sizes', 'start'],
  multiBinary: ['kind', 'n'],
  product: ['kind', 'spaces'],
  tuple: ['kind', 'spaces'],
} as const

type Kind = keyof typeof KEYS

const kinds = Object.keys(KEYS) as readonly Kind[]

const meant = (got: string, names: readonly string[]): string => {
  const name = near(got, names)
  return name === null ? '' : `: did you mean ${name}?`
}

const kindOf = (x: object): Kind => {
  const kind: unknown = 'kind' in x ? x.kind : undefined
  const found = kinds.find((name) => name === kind)
  if (found !== undefined) return found
  const hint = typeof kind === 'string' ? meant(kind, kinds) : ''
  throw new RangeError(`kind: expected one of ${kinds.join(', ')}, got ${show(kind)}${hint}`)
}

const expectKeys = (kind: Kind, x: object): void => {
  const known = KEYS[kind]
  for (const key of Object.keys(x))
    if (!known.some((name) => name === key))
      throw new RangeError(
        `expected ${known.join(', ')} of a space of kind ${kind}, got ${show(key)}${meant(key, known)}`,
      )
}

const plainOf = (argument: string, x: unknown): readonly number[] => {
  if (!isList(x)) throw new RangeError(`${argument}: expected an array of numbers, got ${show(x)}`)
  return Array.from(x as ArrayLike<number>)
}

const boundOf = (argument: string, x: unknown): number | NumberArray =>
  typeof x === 'number' ? x : plainOf(argument, x)

const partsIn = (x: unknown): ReadonlyArray<readonly [string, unknown]> => {
  if (typeof x !== 'object' || x === null)
    throw new RangeError(`spaces: expected spaces, got ${show(x)}`)
  return Object.entries(x)
}

const read = (x: unknown): Space => {
  if (typeof x !== 'object' || x === null)
    throw new RangeError(
      `expected a space of env.box, discrete, multiDiscrete, multiBinary, product or tuple, got ${show(x)}`,
    )
  const kind = kindOf(x)
  expectKeys(kind, x)
  if (kind === 'discrete') {
    const { n, start = 0 } = x as Discrete
    return discrete(n, start)
  }
  if (kind === 'multiBinary') return multiBinary((x as MultiBinary).n)
  if (kind === 'box') {
    const { size, low, high } = x as Box
    return box(size, boundOf('low', low), boundOf('high', high))
  }
  if (kind === 'multiDiscrete') {
    const { sizes, start } = x as MultiDiscrete
    const all = plainOf('sizes', sizes)
    return start === undefined ? multiDiscrete(all) : multiDiscrete(all, plainOf('start', start))
  }
  const parts = partsIn((x as { readonly spaces?: unknown }).spaces).map(
    ([name, part]) => [name, readSpace(name, part)] as const,
  )
  return kind === 'tuple'
    ? tuple(parts.map(([, part]) => part))
    : product(Object.fromEntries(parts))
}

/**
 * Validates and copies a space that a game declares. Bounds and sizes may be in any numeric array, and
 * a bound of a box may be one number.
 *
 * @throws RangeError, with `field` in its address, if it is not a space; for an unknown kind or key the
 * message suggests the nearest known one
 */
export const readSpace = (field: string, x: unknown): Space => {
  try {
    return read(x)
  } catch (error) {
    throw located(field, error, { field })
  }
}

import type { Bound } from '../env/reader.ts'
import {
  box,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  tuple,
  type Box,
  type Space,
} from '../env/space.ts'
import { shown } from '../tensor/shown.ts'

/** The name of this version of the format, in the metadata of a file. */
export const FORMAT = 'proximal policy 1'

/** What a policy file says beside its numbers: the metadata `policy`, as JSON. */
export interface PolicyHeader {
  /** version of the library that wrote the file */
  readonly version: string
  /** name of the environment */
  readonly name: string
  readonly observationSpace: Box
  readonly actionSpace: Space
  /** whether the environment masks choices, so that acting takes a mask */
  readonly isMasked: boolean
  /** of the hidden layers */
  readonly activation: 'tanh'
  /** what happens to actions beyond the bounds of a box */
  readonly actionBound: Bound
  /** bounds of log σ; null: none */
  readonly logStd: { readonly min: number | null; readonly max: number | null }
  /** how observations are normalised; null: not at all */
  readonly normalise: { readonly clip: number; readonly epsilon: number } | null
}

type Json = Readonly<Record<string, unknown>>

/** JSON has no infinite numbers. */
const written = (x: number): number | string => (Number.isFinite(x) ? x : String(x))

/** Equal bounds as one number: a picture has thousands. */
const writtenBounds = (bounds: readonly number[]): unknown =>
  bounds.every((x) => x === bounds[0]) ? written(bounds[0]!) : bounds.map(written)

const writtenSpace = (space: Space): unknown => {
  if (space.kind === 'box')
    return { ...space, low: writtenBounds(space.low), high: writtenBounds(space.high) }
  if (space.kind === 'tuple') return { kind: 'tuple', spaces: space.spaces.map(writtenSpace) }
  if (space.kind !== 'product') return space
  // A list keeps the order, whatever the names are.
  const spaces = Object.entries(space.spaces).map(([name, part]) => [name, writtenSpace(part)])
  return { kind: 'product', spaces }
}

/** The header as the text of a file's metadata. */
export const writeHeader = (header: PolicyHeader): string =>
  JSON.stringify({
    ...header,
    observationSpace: writtenSpace(header.observationSpace),
    actionSpace: writtenSpace(header.actionSpace),
  })

const problem = (path: string, expected: string, got: unknown): RangeError =>
  new RangeError(`${path}: expected ${expected}, got ${shown(got)}`)

const record = (path: string, u: unknown, fields: readonly string[]): Json => {
  if (typeof u !== 'object' || u === null || Array.isArray(u))
    throw problem(path, `an object of ${fields.join(', ')}`, u)
  const other = Object.keys(u).find((name) => !fields.includes(name))
  if (other !== undefined) throw problem(path, `${fields.join(', ')} alone`, other)
  return u as Json
}

const text = (path: string, u: unknown): string => {
  if (typeof u === 'string' && u.length <= 1000) return u
  throw problem(path, 'a text', u)
}

const choice = <const T extends readonly string[]>(path: string, u: unknown, of: T): T[number] => {
  const found = of.find((one) => one === u)
  if (found === undefined) throw problem(path, `one of ${of.join(', ')}`, u)
  return found
}

const number = (path: string, u: unknown): number => {
  const x = u === 'Infinity' ? Infinity : u === '-Infinity' ? -Infinity : u
  if (typeof x === 'number') return x
  throw problem(path, 'a number', u)
}

const positive = (path: string, u: unknown): number => {
  const x = number(path, u)
  if (x > 0) return x
  throw problem(path, 'a number > 0', u)
}

const orNull = <T>(u: unknown, read: (u: unknown) => T): T | null => (u === null ? null : read(u))

/** How many more numbers spaces may have: the file holds one each, so memory stays in proportion. */
interface Budget {
  left: number
}

/** A count of numbers, taken off the budget. */
const count = (path: string, u: unknown, budget: Budget): number => {
  if (!Number.isInteger(u) || (u as number) < 1 || (u as number) > budget.left)
    throw problem(path, `a whole number from 1 to ${budget.left}`, u)
  budget.left -= u as number
  return u as number
}

const list = (path: string, u: unknown, most: number): readonly unknown[] => {
  if (Array.isArray(u) && u.length >= 1 && u.length <= most) return u
  throw problem(path, `a list of 1 to ${most}`, u)
}

const bounds = (path: string, u: unknown, size: number): number | readonly number[] =>
  Array.isArray(u) ? list(path, u, size).map((x, j) => number(`${path}[${j}]`, x)) : number(path, u)

/** Deeper than any space that people write. */
const DEEPEST = 16

const readBox = (path: string, u: unknown, budget: Budget): Box => {
  const { size, low, high, kind } = record(path, u, ['kind', 'size', 'low', 'high'])
  choice(`${path}.kind`, kind, ['box'])
  const n = count(`${path}.size`, size, budget)
  return box(n, bounds(`${path}.low`, low, n), bounds(`${path}.high`, high, n))
}

const starts = (path: string, u: unknown, sizes: readonly number[]): readonly number[] =>
  u === undefined ? sizes.map(() => 0) : list(path, u, sizes.length).map((x) => number(path, x))

const readSpace = (path: string, u: unknown, budget: Budget, depth = 0): Space => {
  if (depth > DEEPEST) throw problem(path, `at most ${DEEPEST} levels`, 'more')
  const kinds = ['discrete', 'box', 'multiDiscrete', 'multiBinary', 'product', 'tuple'] as const
  const fields = ['kind', 'n', 'start', 'size', 'sizes', 'low', 'high', 'spaces']
  const given = record(path, u, fields)
  const kind = choice(`${path}.kind`, given['kind'], kinds)
  if (kind === 'box') return readBox(path, u, budget)
  if (kind === 'discrete') {
    const { n, start = 0 } = record(path, u, ['kind', 'n', 'start'])
    return discrete(count(`${path}.n`, n, budget), number(`${path}.start`, start))
  }
  if (kind === 'multiBinary')
    return multiBinary(count(`${path}.n`, record(path, u, ['kind', 'n'])['n'], budget))
  if (kind === 'multiDiscrete') {
    const { sizes, start } = record(path, u, ['kind', 'sizes', 'start'])
    const all = list(`${path}.sizes`, sizes, budget.left).map((n) =>
      count(`${path}.sizes`, n, budget),
    )
    return multiDiscrete(all, starts(`${path}.start`, start, all))
  }
  const parts = list(`${path}.spaces`, record(path, u, ['kind', 'spaces'])['spaces'], budget.left)
  if (kind === 'tuple')
    return tuple(parts.map((part, i) => readSpace(`${path}.${i}`, part, budget, depth + 1)))
  return product(
    Object.fromEntries(
      parts.map((part, i) => {
        const [name, inner] = list(`${path}.spaces[${i}]`, part, 2)
        const named = text(`${path}.spaces[${i}]`, name)
        return [named, readSpace(`${path}.${shown(named)}`, inner, budget, depth + 1)]
      }),
    ),
  )
}

const FIELDS: readonly string[] = [
  'version',
  'name',
  'observationSpace',
  'actionSpace',
  'isMasked',
  'activation',
  'actionBound',
  'logStd',
  'normalise',
]

/**
 * The header of a file, checked field by field.
 *
 * @param most the most numbers that a space may have: those of the file
 * @throws RangeError with the path of what is wrong
 */
export const readHeader = (json: string, most: number): PolicyHeader => {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    throw problem('policy', 'JSON', json)
  }
  const given = record('policy', parsed, FIELDS)
  const { isMasked } = given
  if (typeof isMasked !== 'boolean') throw problem('isMasked', 'true or false', isMasked)
  const { min, max } = record('logStd', given['logStd'], ['min', 'max'])
  return {
    version: text('version', given['version']),
    name: text('name', given['name']),
    observationSpace: readBox('observationSpace', given['observationSpace'], { left: most }),
    actionSpace: readSpace('actionSpace', given['actionSpace'], { left: most }),
    isMasked,
    activation: choice('activation', given['activation'], ['tanh']),
    actionBound: choice('actionBound', given['actionBound'], ['none', 'clip', 'squash']),
    logStd: {
      min: orNull(min, (x) => number('logStd.min', x)),
      max: orNull(max, (x) => number('logStd.max', x)),
    },
    normalise: orNull(given['normalise'], (u) => {
      const { clip, epsilon } = record('normalise', u, ['clip', 'epsilon'])
      return {
        clip: positive('normalise.clip', clip),
        epsilon: positive('normalise.epsilon', epsilon),
      }
    }),
  }
}

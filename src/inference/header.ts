import type { Bound } from '../env/reader.ts'
import type { Box, Space } from '../env/space.ts'
import { check } from './check.ts'

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

const record = (path: string, u: unknown): Json => {
  check(typeof u === 'object' && u !== null, path, 'an object', u)
  return u as Json
}

const text = (path: string, u: unknown): string => {
  check(typeof u === 'string', path, 'a text', u)
  return u
}

const oneOf = <const T extends readonly unknown[]>(
  path: string,
  u: unknown,
  ...of: T
): T[number] => {
  check(of.includes(u), path, of.join(' or '), u)
  return u
}

/** JSON has no infinite numbers. */
const number = (path: string, u: unknown, least = -Infinity): number => {
  const x = u === 'Infinity' || u === '-Infinity' ? Number(u) : u
  check(typeof x === 'number' && x >= least, path, 'a number', u)
  return x
}

/** How many more numbers spaces may have: the file holds one each, so memory stays in proportion. */
interface Budget {
  left: number
}

/** A count of numbers, taken off the budget. */
const count = (path: string, u: unknown, budget: Budget): number => {
  check(
    Number.isInteger(u) && (u as number) > 0 && (u as number) <= budget.left,
    path,
    `a number from 1 to ${budget.left}`,
    u,
  )
  budget.left -= u as number
  return u as number
}

const list = (path: string, u: unknown): readonly unknown[] => {
  check(Array.isArray(u) && u.length > 0, path, 'a list', u)
  return u
}

const whole = (path: string, u: unknown): number => {
  check(Number.isSafeInteger(u), path, 'a whole number', u)
  return u as number
}

const readBox = (path: string, u: unknown, budget: Budget): Box => {
  const { kind, size, low, high } = record(path, u)
  oneOf(path, kind, 'box')
  const n = count(path, size, budget)
  // A bound of each number, or one for all.
  const bounds = (given: unknown): readonly number[] =>
    Array.from({ length: n }, (_, j) =>
      number(path, Array.isArray(given) ? (given as readonly unknown[])[j] : given),
    )
  const [least, most] = [bounds(low), bounds(high)]
  check(
    least.every((x, j) => x <= most[j]!),
    path,
    'low <= high',
    u,
  )
  return { kind: 'box', size: n, low: least, high: most }
}

/** Deeper than any space that people write. */
const DEEPEST = 16

const readSpace = (path: string, u: unknown, budget: Budget, depth: number): Space => {
  check(depth > 0, path, 'fewer levels', 'more')
  const { kind, n, sizes, start, spaces } = record(path, u)
  if (kind === 'discrete')
    return {
      kind,
      n: count(path, n, budget),
      ...(start === undefined ? {} : { start: whole(path, start) }),
    }
  if (kind === 'multiBinary') return { kind, n: count(path, n, budget) }
  if (kind === 'multiDiscrete') {
    const all = list(path, sizes).map((size) => count(path, size, budget))
    return {
      kind,
      sizes: all,
      ...(start === undefined
        ? {}
        : { start: all.map((_, i) => whole(path, list(path, start)[i])) }),
    }
  }
  if (kind === 'tuple')
    return {
      kind,
      spaces: list(path, spaces).map((part, i) =>
        readSpace(`${path}.${i}`, part, budget, depth - 1),
      ),
    }
  if (kind !== 'product') return readBox(path, u, budget)
  const named = list(path, spaces).map((part): [string, Space] => {
    const [given, space] = list(path, part)
    const name = text(path, given)
    // A whole number would change its place among the others.
    check(!/^\d+$/.test(name), path, 'a name', name)
    return [name, readSpace(`${path}.${name}`, space, budget, depth - 1)]
  })
  return { kind, spaces: Object.fromEntries(named) }
}

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
    // It is no object.
  }
  const { version, name, observationSpace, actionSpace, isMasked, ...rest } = record(
    'policy',
    parsed,
  )
  const { min, max } = record('logStd', rest['logStd'])
  const orNull = (u: unknown) => (u === null ? null : number('logStd', u))
  const scale = rest['normalise'] === null ? null : record('normalise', rest['normalise'])
  return {
    version: text('version', version),
    name: text('name', name),
    observationSpace: readBox('observationSpace', observationSpace, { left: most }),
    actionSpace: readSpace('actionSpace', actionSpace, { left: most }, DEEPEST),
    isMasked: oneOf('isMasked', isMasked, true, false),
    activation: oneOf('activation', rest['activation'], 'tanh'),
    actionBound: oneOf('actionBound', rest['actionBound'], 'none', 'clip', 'squash'),
    logStd: { min: orNull(min), max: orNull(max) },
    normalise: scale && {
      clip: number('clip', scale['clip'], 0),
      epsilon: number('epsilon', scale['epsilon'], 0),
    },
  }
}

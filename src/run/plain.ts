import { DevalueError, stringify, unflatten } from 'devalue'
import * as E from 'fp-ts/lib/Either.js'
import { show } from '../env/show.ts'

const shownValue = (value: unknown): string | null => {
  if (typeof value === 'function' || typeof value === 'symbol') return show(value)
  if (typeof value !== 'object' || value === null) return null
  const above: unknown = Object.getPrototypeOf(value)
  if (above === null || above === Object.prototype || Array.isArray(value)) return null
  const { name } = value.constructor
  return name === '' ? 'an instance of a class' : `an instance of ${name}`
}

/** What cannot be held, and where it is: `.arm`, `[0].state`. */
const describe = (error: unknown): string => {
  if (!(error instanceof DevalueError))
    return `expected a plain value: ${error instanceof Error ? error.message : String(error)}`
  const got = shownValue(error.value)
  const place = error.path === '' ? '' : ` at ${error.path}`
  return `expected a plain value${got === null ? `: ${error.message}` : `, got ${got}`}${place}`
}

const SPARSE = -7

/** What is not a number is not made one: a list of lists would take as long as all that is in it. */
const numberIn = (u: unknown): number => {
  if (typeof u !== 'number') throw new RangeError('expected a number')
  return u
}

/**
 * A list that holds others may hold one of them often, and so be much longer as a text than in the
 * file, which is what it becomes where somebody computes with it. The file has values in a row,
 * which name each other by their places: a list is [place, …], or [−7, length, index, place, …]
 * where most of it is empty.
 *
 * @throws RangeError where a list with all in it has more than `most` entries
 */
const expectShort = (values: readonly unknown[], most: number): void => {
  const lengths = new Map<number, number>()
  const lengthOf = (given: unknown): number => {
    const place = numberIn(given)
    const known = lengths.get(place)
    if (known !== undefined) return known
    const value = values[place]
    if (!Array.isArray(value) || typeof value[0] === 'string') return 1
    // Of a list that holds itself nothing comes of it there.
    lengths.set(place, 1)
    const isSparse = value[0] === SPARSE
    let length = isSparse ? numberIn(value[1]) : 1
    for (let i = isSparse ? 3 : 0; i < value.length; i += isSparse ? 2 : 1)
      length += lengthOf(value[i])
    if (!(length <= most))
      throw new RangeError(`expected lists of at most ${most} entries, got ${length}`)
    lengths.set(place, length)
    return length
  }
  for (let place = 0; place < values.length; place++) lengthOf(place)
}

/** How many entries a list may have for each byte of the file: what is shared counts each time. */
const ENTRIES_PER_BYTE = 16

const expectListsFor = (values: unknown, bytes: Uint8Array): void => {
  if (Array.isArray(values)) expectShort(values, ENTRIES_PER_BYTE * bytes.length)
}

/**
 * A plain value as bytes: numbers to the bit (−0, NaN and infinities, too), texts, undefined, big
 * integers, lists, objects, maps, sets, dates and typed arrays, also such as hold each other.
 *
 * @returns Left with what it cannot hold, and where: functions, symbols, instances of classes, and lists that
 * `decodePlain` would refuse
 */
export const encodePlain = (value: unknown): E.Either<string, Uint8Array> =>
  E.tryCatch(() => {
    const text = stringify(value)
    const bytes = new TextEncoder().encode(text)
    expectListsFor(JSON.parse(text), bytes)
    return bytes
  }, describe)

/**
 * The value of such bytes, or what is wrong with them: also a list much longer than the file, be it
 * empty for the most part or made of one that is in it again and again.
 */
export const decodePlain = (bytes: Uint8Array): E.Either<string, unknown> =>
  E.tryCatch(
    () => {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      const values = JSON.parse(text) as unknown
      expectListsFor(values, bytes)
      return unflatten(values as number | unknown[]) as unknown
    },
    () => 'expected a plain value, got something else or only a part',
  )

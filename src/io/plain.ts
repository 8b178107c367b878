import { DevalueError, parse, stringify } from 'devalue'
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

/**
 * A plain value as bytes: numbers to the bit (−0, NaN and infinities, too), texts, undefined, big
 * integers, lists, objects, maps, sets, dates and typed arrays, also such as hold each other.
 *
 * @returns Left with what it cannot hold, and where: functions, symbols, instances of classes
 */
export const encodePlain = (value: unknown): E.Either<string, Uint8Array> =>
  E.tryCatch(() => new TextEncoder().encode(stringify(value)), describe)

/** The value of such bytes, or what is wrong with them. */
export const decodePlain = (bytes: Uint8Array): E.Either<string, unknown> =>
  E.tryCatch(
    () => parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown,
    () => 'expected a plain value, got something else or only a part',
  )

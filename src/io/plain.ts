import { parse, stringify } from 'devalue'
import * as E from 'fp-ts/lib/Either.js'

/**
 * A plain value as bytes: numbers to the bit (−0, NaN and infinities, too), texts, undefined, big
 * integers, lists, objects, maps, sets, dates and typed arrays, also such as hold each other.
 *
 * @returns Left with what it cannot hold: functions, symbols, instances of classes
 */
export const encodePlain = (value: unknown): E.Either<string, Uint8Array> =>
  E.tryCatch(
    () => new TextEncoder().encode(stringify(value)),
    (error) => (error instanceof Error ? error.message : String(error)),
  )

/** The value of such bytes, or what is wrong with them. */
export const decodePlain = (bytes: Uint8Array): E.Either<string, unknown> =>
  E.tryCatch(
    () => parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown,
    () => 'expected a plain value, got something else or only a part',
  )

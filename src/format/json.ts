import * as E from 'fp-ts/lib/Either.js'

/** A text of JSON, or its bytes in UTF-8, as a value; Left with `problem` where it is none. */
export const parseJson = (text: string | Uint8Array, problem: string): E.Either<string, unknown> =>
  E.tryCatch(
    (): unknown =>
      JSON.parse(
        typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text),
      ),
    () => problem,
  )

/** Whether a value of JSON is an object. */
export const isObject = (u: unknown): u is { readonly [name: string]: unknown } =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

import * as E from 'fp-ts/lib/Either.js'

/** A text of JSON, or its bytes in UTF-8, as a value; Left with `problem` where it is not valid. */
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

/** JSON without spaces, whose fields are in the order of their names. */
export const canonicalJson = (value: unknown): string => {
  const sorted = (u: unknown): unknown => {
    if (Array.isArray(u)) return u.map(sorted)
    if (typeof u !== 'object' || u === null) return u
    const fields = Object.entries(u).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]))
  }
  return JSON.stringify(sorted(value))
}

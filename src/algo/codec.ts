import * as t from 'io-ts'

/** A codec that accepts what `is` accepts; its name says what that is, for errors to repeat. */
export const codec = <A>(name: string, is: (u: unknown) => u is A): t.Type<A> =>
  new t.Type(
    name,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context)),
    (a) => a,
  )

export const oneOf = <const V extends readonly (string | number)[]>(...values: V) =>
  codec(`one of ${values.join(', ')}`, (u): u is V[number] => values.some((value) => value === u))

interface Range {
  readonly from: number
  readonly to?: number
  readonly above?: boolean
  readonly whole?: boolean
}

/** A finite number in a range; `above` leaves out `from` itself, `whole` leaves out fractions. */
export const number = ({ from, to = Infinity, above = false, whole = false }: Range) => {
  const low = above ? `> ${from}` : `>= ${from}`
  const range = to === Infinity ? low : above ? `${low} and <= ${to}` : `from ${from} to ${to}`
  return codec(
    `a ${whole ? 'whole number' : 'number'} ${range}`,
    (u): u is number =>
      typeof u === 'number' &&
      (above ? u > from : u >= from) &&
      u <= to &&
      Number.isFinite(u) &&
      (!whole || Number.isSafeInteger(u)),
  )
}

/** A value from the outside world that cannot be: which field, what was expected, what came. */
export interface Mistake {
  readonly path: string
  readonly expected: string
  readonly got: unknown
}

export const describeMistakes = (mistakes: readonly Mistake[]): string =>
  mistakes
    .map(
      ({ path, expected, got }) =>
        `${path}: expected ${expected}, got ${got === undefined ? 'nothing' : JSON.stringify(got)}`,
    )
    .join('; ')

/** io-ts's errors, one a field; the alternatives of a union have no name in the path. */
export const toMistakes = (errors: t.Errors): readonly Mistake[] => {
  const all = errors.map(({ context }): Mistake => {
    const named = context.filter((_, i) => i > 0 && !(context[i - 1]!.type instanceof t.UnionType))
    const field = named.at(-1) ?? context[0]!
    return {
      path: named.map((entry) => entry.key).join('.') || 'all of it',
      expected: field.type.name,
      got: field.actual,
    }
  })
  return all.filter((mistake, i) => all.findIndex((other) => other.path === mistake.path) === i)
}

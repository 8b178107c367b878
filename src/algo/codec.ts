import * as t from 'io-ts'
import { near } from '../tensor/nearest.ts'
import { isRecord } from './snapshot.ts'
import { shown, shownKey } from '../tensor/shown.ts'

/** A codec that accepts what `is` accepts; its name says what that is, for errors to repeat. */
export const codec = <A>(name: string, is: (u: unknown) => u is A): t.Type<A> =>
  new t.Type(
    name,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context)),
    (a) => a,
  )

/** A codec that knows the names that it accepts, so that an error can tell the nearest. */
interface Choice {
  readonly choices: readonly string[]
}

const withChoices = <C extends object>(type: C, choices: readonly string[]): C & Choice =>
  Object.assign(type, { choices })

const choicesOf = (type: object): readonly string[] =>
  'choices' in type ? (type as Choice).choices : []

export const oneOf = <const V extends readonly (string | number)[]>(
  ...values: V
): t.Type<V[number]> =>
  withChoices(
    codec(`one of ${values.join(', ')}`, (u): u is V[number] =>
      values.some((value) => value === u),
    ),
    values.map(String),
  )

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

export const boolean = codec('true or false', (u): u is boolean => typeof u === 'boolean')

/** What `inner` accepts, or null. */
export const nullable = <A>(inner: t.Type<A>) =>
  new t.Type<A | null>(
    `${inner.name} or null`,
    (u): u is A | null => u === null || inner.is(u),
    (u, context) => (u === null ? t.success(null) : inner.validate(u, context)),
    (a) => a,
  )

/** A list of what `item` accepts, of `most` of them and no more. */
export const list = <A>(item: t.Type<A>, most: number, name: string) => {
  const inner = t.readonlyArray(item, name)
  const fits = (u: unknown): boolean => Array.isArray(u) && u.length <= most
  return new t.Type<readonly A[]>(
    name,
    (u): u is readonly A[] => fits(u) && inner.is(u),
    (u, context) => (fits(u) ? inner.validate(u, context) : t.failure(u, context)),
    inner.encode,
  )
}

/** What no config holds. */
const UNKNOWN = Symbol('unknown')

/** What `item` accepts, again and again; the first that it does not is the one mistake. */
export const every = <A>(item: t.Type<A>, name: string) =>
  new t.Type<readonly A[]>(
    name,
    (u): u is readonly A[] => Array.isArray(u) && u.every(item.is),
    (u, context) => {
      if (!Array.isArray(u)) return t.failure(u, context)
      const found: A[] = []
      for (let i = 0; i < u.length; i++) {
        const one = item.validate(u[i], t.appendContext(context, String(i), item, u[i]))
        if (one._tag === 'Left') return one
        found.push(one.right)
      }
      return t.success(found)
    },
    (all) => all.map(item.encode),
  )

/** Just these fields: a missing one is an error, and so is one of another name. */
export const fields = <P extends t.Props>(
  props: P,
  name = `an object of ${Object.keys(props).join(', ')}`,
) => {
  const inner = t.readonly(t.exact(t.type(props)), name)
  const names = Object.keys(props)
  const unknown = withChoices(
    codec('the name of a field', (u): u is never => u === UNKNOWN),
    names,
  )
  return new t.Type<t.TypeOf<typeof inner>>(
    name,
    inner.is,
    (u, context) => {
      if (!isRecord(u)) return t.failure(u, context)
      const decoded = inner.validate(u, context)
      const others = Object.keys(u)
        .filter((key) => !Object.hasOwn(props, key))
        .map((key) => ({
          value: u[key],
          context: t.appendContext(context, key, unknown, u[key]),
        }))
      if (others.length === 0) return decoded
      return t.failures(decoded._tag === 'Left' ? [...decoded.left, ...others] : others)
    },
    inner.encode,
  )
}

/** What `all` accepts, and also without the fields of `filler`, which then have those values. */
export const mayLack = <A extends object, F extends { readonly [K in keyof A]?: A[K] }>(
  all: t.Type<A>,
  filler: F,
) => {
  type Given = Omit<A, keyof F> & { readonly [K in keyof A & keyof F]?: A[K] }
  const filled = (u: unknown): unknown => {
    if (!isRecord(u)) return u
    const lacking = Object.entries(filler).filter(([name]) => !Object.hasOwn(u, name))
    return { ...u, ...Object.fromEntries(lacking) }
  }
  return new t.Type<Given>(
    all.name,
    (u): u is Given => all.is(filled(u)),
    (u, context) => {
      const decoded = all.validate(filled(u), context)
      if (decoded._tag === 'Left' || !isRecord(u)) return decoded
      const given = Object.entries(decoded.right).filter(([name]) => Object.hasOwn(u, name))
      return t.success(Object.fromEntries(given) as Given)
    },
    (a) => a,
  )
}

/** A mistake in a value from outside: which field, what was expected, and what was there. */
export interface Mistake {
  readonly path: string
  readonly expected: string
  readonly got: unknown
  /** the allowed name that is most like what came */
  readonly near?: string
}

/** `clip: expected a number > 0, got -1`, a line. */
export const describeMistake = ({ path, expected, got, near }: Mistake): string =>
  `${path}: expected ${expected}, got ${shown(got)}${near === undefined ? '' : `: did you mean ${near}?`}`

/**
 * All mistakes of a config as one line of text: the path of each, what is allowed, and what was
 * there.
 */
export const describeMistakes = (mistakes: readonly Mistake[]): string =>
  mistakes.map(describeMistake).join('; ')

const isIntersection = ({ type }: t.ContextEntry): boolean => {
  const inner = type instanceof t.ReadonlyType ? (type.type as t.Mixed) : type
  return inner instanceof t.IntersectionType
}

/** io-ts's errors, one a field. */
export const toMistakes = (errors: t.Errors): readonly Mistake[] => {
  const all = errors.map(({ context }): Mistake => {
    // The part of an intersection that a field is in is not part of its path.
    const named = context.slice(1).filter((_, i) => !isIntersection(context[i]!))
    const field = named.at(-1) ?? context[0]!
    const isUnknown = field.type.name === 'the name of a field'
    const got = isUnknown ? field.key : field.actual
    const like = typeof got === 'string' ? near(got, choicesOf(field.type)) : null
    return {
      path: named.map((entry) => shownKey(entry.key)).join('.') || 'all of it',
      expected: !isUnknown
        ? field.type.name
        : like === null
          ? `one of ${choicesOf(field.type).join(', ')}`
          : 'the name of a field',
      got,
      ...(like === null ? {} : { near: like }),
    }
  })
  const paths = new Set<string>()
  return all.filter(({ path }) => {
    const isFirst = !paths.has(path)
    paths.add(path)
    return isFirst
  })
}

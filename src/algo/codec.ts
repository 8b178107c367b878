import * as E from 'fp-ts/lib/Either.js'
import { near } from '../tensor/nearest.ts'
import { shownKey } from '../tensor/shown.ts'
import { ROOT, within, type Mistake } from './mistake.ts'
import { isRecord } from './snapshot.ts'

/** Reads values from outside. */
export interface Codec<A> {
  /** what it accepts, for errors to repeat */
  readonly name: string
  /** The value as an A, or everything that is wrong with it. */
  readonly decode: (u: unknown) => E.Either<readonly Mistake[], A>
}

/** A codec that accepts a value unchanged or rejects it. */
export interface Check<A> extends Codec<A> {
  readonly is: (u: unknown) => u is A
}

/** The type of a codec's values. */
export type TypeOf<C> = C extends Codec<infer A> ? A : never

type Wrong = E.Either<readonly Mistake[], never>

const wrong = (expected: string, got: unknown, like: string | null = null): Wrong =>
  E.left([{ path: ROOT, expected, got, ...(like === null ? {} : { near: like }) }])

/** A codec that accepts what `is` accepts. */
export const codec = <A>(
  name: string,
  is: (u: unknown) => u is A,
  choices: readonly string[] = [],
): Check<A> => ({
  name,
  is,
  decode: (u) =>
    is(u) ? E.right(u) : wrong(name, u, typeof u === 'string' ? near(u, choices) : null),
})

/** One of these values. An error names the nearest one. */
export const oneOf = <const V extends readonly (string | number)[]>(
  ...values: V
): Check<V[number]> =>
  codec(
    `one of ${values.join(', ')}`,
    (u): u is V[number] => values.some((value) => value === u),
    values.map(String),
  )

/** This text and no other. */
export const literal = <const T extends string>(text: T): Check<T> =>
  codec(JSON.stringify(text), (u): u is T => u === text)

interface Range {
  readonly from: number
  readonly to?: number
  readonly above?: boolean
  readonly whole?: boolean
}

/** A finite number in a range; `above` leaves out `from` itself, `whole` leaves out fractions. */
export const number = ({
  from,
  to = Infinity,
  above = false,
  whole = false,
}: Range): Check<number> => {
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
export const string = codec('a string', (u): u is string => typeof u === 'string')
export const anything = codec('anything', (_u): _u is unknown => true)

/** What `inner` accepts, or null. */
export const nullable = <A>({ name: inner, decode }: Codec<A>): Codec<A | null> => {
  const name = `${inner} or null`
  return {
    name,
    decode: (u) =>
      u === null
        ? E.right(null)
        : E.mapLeft((mistakes: readonly Mistake[]) =>
            mistakes.map((one) => (one.path === ROOT ? { ...one, expected: name } : one)),
          )(decode(u)),
  }
}

/** The entries of a list; no more of them are read than until there are `most` mistakes. */
const entries = <A>(
  { decode }: Codec<A>,
  list: readonly unknown[],
  most: number,
): E.Either<readonly Mistake[], readonly A[]> => {
  const mistakes: Mistake[] = []
  const found: A[] = []
  for (let i = 0; i < list.length && mistakes.length < most; i++) {
    const one = decode(list[i])
    if (E.isLeft(one)) mistakes.push(...one.left.map((mistake) => within(mistake, String(i))))
    else found.push(one.right)
  }
  return mistakes.length > 0 ? E.left(mistakes) : E.right(found)
}

/** A list of what `item` accepts, of `most` of them and no more. */
export const list = <A>(item: Codec<A>, most: number, name: string): Codec<readonly A[]> => ({
  name,
  decode: (u) =>
    Array.isArray(u) && u.length <= most ? entries(item, u, Infinity) : wrong(name, u),
})

/** A list of what `item` accepts; the first entry that it does not accept is the one mistake. */
export const every = <A>(item: Codec<A>, name: string): Codec<readonly A[]> => ({
  name,
  decode: (u) => (Array.isArray(u) ? entries(item, u, 1) : wrong(name, u)),
})

type Props = { readonly [name: string]: Codec<unknown> }
type Values<P> = { readonly [K in keyof P]: TypeOf<P[K]> }
type Some<P> = { readonly [K in keyof P]?: TypeOf<P[K]> }

const nameOf = (props: Props): string => `an object of ${Object.keys(props).join(', ')}`

/**
 * An object with these fields, each of which is required; `extra` fields are optional, and other fields are
 * kept unchanged.
 */
export const shape = <P extends Props, Q extends Props = {}>(
  props: P,
  extra: Q = {} as Q,
  name = nameOf(props),
): Codec<Values<P> & Some<Q>> => ({
  name,
  decode: (u) => {
    if (!isRecord(u)) return wrong(name, u)
    const mistakes: Mistake[] = []
    const values: { [key: string]: unknown } = { ...u }
    for (const [key, { decode }] of [...Object.entries(props), ...Object.entries(extra)]) {
      if (u[key] === undefined && Object.hasOwn(extra, key)) continue
      const one = decode(u[key])
      if (E.isLeft(one)) mistakes.push(...one.left.map((mistake) => within(mistake, key)))
      else values[key] = one.right
    }
    return mistakes.length > 0 ? E.left(mistakes) : E.right(values as Values<P> & Some<Q>)
  },
})

/** An object with exactly these fields: a missing field is a mistake, and so is an unknown one. */
export const fields = <P extends Props>(props: P, name = nameOf(props)): Codec<Values<P>> => {
  const { decode } = shape(props, {}, name)
  const names = Object.keys(props)
  const unknown = (key: string): Mistake => {
    const like = near(key, names)
    const at = { path: shownKey(key), got: key }
    return like === null
      ? { ...at, expected: `one of ${names.join(', ')}` }
      : { ...at, expected: 'the name of a field', near: like }
  }
  return {
    name,
    decode: (u) => {
      const found = decode(u)
      if (!isRecord(u)) return found
      const others = Object.keys(u).filter((key) => !Object.hasOwn(props, key))
      if (others.length === 0) return found
      return E.left([...(E.isLeft(found) ? found.left : []), ...others.map(unknown)])
    },
  }
}

/** What `all` accepts, and also without the fields of `filler`, which then have those values. */
export const mayLack = <A extends object, F extends { readonly [K in keyof A]?: A[K] }>(
  { name, decode }: Codec<A>,
  filler: F,
): Codec<Omit<A, keyof F> & { readonly [K in keyof A & keyof F]?: A[K] }> => ({
  name,
  decode: (u) => {
    if (!isRecord(u)) return decode(u)
    return E.map(
      (all: A) =>
        Object.fromEntries(Object.entries(all).filter(([key]) => Object.hasOwn(u, key))) as A,
    )(decode({ ...u, ...filler, ...u }))
  },
})

import * as proximal from 'proximal'
import { check, sure, type IsAny } from './same.js'

type Proximal = typeof proximal

/** The names of a record whose values are any. */
type Anys<R> = { [K in keyof R]: IsAny<R[K]> extends true ? K : never }[keyof R]

/** Those whose functions, or the functions that these return, return any. */
type AnyResults<R> = {
  [K in keyof R]: R[K] extends (...args: never[]) => infer T
    ? IsAny<T> extends true
      ? K
      : T extends (...args: never[]) => infer U
        ? IsAny<U> extends true
          ? K
          : never
        : never
    : never
}[keyof R]

type None<T> = [T] extends [never] ? true : false

sure<None<Anys<Proximal>>>()
sure<{ [K in keyof Proximal]: None<Anys<Proximal[K]>> }[keyof Proximal]>()
sure<{ [K in keyof Proximal]: None<AnyResults<Proximal[K]>> }[keyof Proximal]>()

check('every part of the library is there', Object.keys(proximal).length >= 13)

/** Whether a type is any, which every other test of a type lets pass. */
export type IsAny<T> = 0 extends 1 & T ? true : false

/** Whether two types are one, neither of them any. */
export type Same<A, B> =
  IsAny<A> extends true
    ? false
    : IsAny<B> extends true
      ? false
      : [A] extends [B]
        ? [B] extends [A]
          ? true
          : false
        : false

/** Does not compile unless told `true`. */
export const sure = <T extends true>(): T | undefined => undefined

/** Throws unless it holds. */
export const check = (what: string, holds: boolean): void => {
  if (!holds) throw new Error(`${what} does not hold`)
}

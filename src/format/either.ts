import type { Either } from 'fp-ts/lib/Either.js'

/** `Either` values without the code of fp-ts, for readers that small programs contain. */
export const left = <E>(problem: E): Either<E, never> => ({ _tag: 'Left', left: problem })

export const right = <A>(value: A): Either<never, A> => ({ _tag: 'Right', right: value })

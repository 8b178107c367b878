import * as E from 'fp-ts/lib/Either.js'

/** The value of a Right; throws with what a Left holds. */
export const right = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either))
    throw new Error(`expected Right, got Left of ${JSON.stringify(either.left)}`)
  return either.right
}

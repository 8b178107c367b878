import * as E from 'fp-ts/lib/Either.js'

/** What succeeded; throws what failed. */
export const right = <A>(either: E.Either<{ readonly problem: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.problem)
  return either.right
}

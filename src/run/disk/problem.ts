import * as E from 'fp-ts/lib/Either.js'
import { excerpt } from '../../tensor/printable.ts'

/** Maximum length of a message about a file, which may contain names of any length. */
const LONGEST = 4000

/** A message that quotes a file, as one line of printable characters, at most 4000 of them. */
export const asProblem = (text: string): string => excerpt(text, LONGEST)

/** Makes the message of a failed decoder safe to print: see `asProblem`. */
export const showable: <A>(decoded: E.Either<string, A>) => E.Either<string, A> =
  E.mapLeft(asProblem)

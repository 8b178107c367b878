import * as E from 'fp-ts/lib/Either.js'
import { excerpt } from '../tensor/printable.ts'

/** Characters of what is wrong with a file; a file may have names of any length. */
const LONGEST = 4000

/** A problem that repeats names of a file, as one line of printable characters that is not too long. */
export const asProblem = (text: string): string => excerpt(text, LONGEST)

/** What a decoder says, its problem one that can be shown anywhere. */
export const showable: <A>(decoded: E.Either<string, A>) => E.Either<string, A> =
  E.mapLeft(asProblem)

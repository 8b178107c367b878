import * as E from 'fp-ts/lib/Either.js'
import { closest, distance } from 'fastest-levenshtein'
import { describeFileError, type FileError } from '../io/file.ts'

/** What a command ends with when it cannot do its work: one line that says what to change. */
export type Problem = string

/** A line where a message holds several. */
export const oneLine = (message: string): string => message.replace(/\s*\n\s*/g, ' ')

export const fromFile: <A>(result: E.Either<FileError, A>) => E.Either<Problem, A> =
  E.mapLeft(describeFileError)

export const messageOf = (error: unknown): Problem =>
  oneLine(error instanceof Error ? error.message : String(error))

/** `env: expected one of cartpole, got "cartpol": did you mean cartpole?` */
export const notOneOf = (what: string, got: string, names: readonly string[]): Problem => {
  const near = closest(got, names)
  const hint = distance(got, near) <= 1 + got.length / 3 ? `: did you mean ${near}?` : ''
  return `${what}: expected one of ${names.join(', ')}, got ${JSON.stringify(got)}${hint}`
}

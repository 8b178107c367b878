import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../algo/shown.ts'
import { near } from '../tensor/nearest.ts'
import { describeFileError, type FileError } from '../io/file.ts'

/** What a command ends with when it cannot do its work: a line for each thing to change. */
export type Problem = string

/** A line where a message holds several. */
const oneLine = (message: string): string => message.replace(/\s*\n\s*/g, ' ')

export const fromFile: <A>(result: E.Either<FileError, A>) => E.Either<Problem, A> =
  E.mapLeft(describeFileError)

export const messageOf = (error: unknown): Problem =>
  oneLine(error instanceof Error ? error.message : String(error))

/** `env: expected one of cartpole, got "cartpol": did you mean cartpole?` */
export const notOneOf = (what: string, got: string, names: readonly string[]): Problem => {
  const like = near(got, names)
  const hint = like === null ? '' : `: did you mean ${like}?`
  return `${what}: expected one of ${names.join(', ')}, got ${shown(got)}${hint}`
}

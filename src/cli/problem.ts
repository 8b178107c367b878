import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../tensor/shown.ts'
import { near } from '../tensor/nearest.ts'
import { showThrown } from '../env/show.ts'
import { describeFileError, isKnownProblem, problemOf, type FileError } from '../run/disk/file.ts'
import { excerpt } from '../tensor/printable.ts'

/** Why a command cannot do its work: one line for each thing to change. */
export type Problem = string

/** A line where a message holds several. */
const oneLine = (message: string): string => message.replace(/\s*\n\s*/g, ' ')

export const fromFile: <A>(result: E.Either<FileError, A>) => E.Either<Problem, A> =
  E.mapLeft(describeFileError)

/** The path in a system error, as a prefix of its message. */
const placeOf = (error: unknown): string => {
  const path: unknown = error instanceof Error && 'path' in error ? error.path : undefined
  return typeof path === 'string' ? `${excerpt(path)}: ` : ''
}

/** The message of an error in one line; for errors of the system or of memory, with what to do. */
export const messageOf = (error: unknown): Problem => {
  if (isKnownProblem(error)) return `${placeOf(error)}${problemOf(error)}`
  return error instanceof Error ? oneLine(error.message) : showThrown(error)
}

/** `env: expected one of cartpole, got "cartpol": did you mean cartpole?` */
export const notOneOf = (what: string, got: string, names: readonly string[]): Problem => {
  const like = near(got, names)
  const hint = like === null ? '' : `: did you mean ${like}?`
  return `${what}: expected one of ${names.join(', ')}, got ${shown(got)}${hint}`
}

/** The problem of a write, or null; an exception counts as a failed write. */
export const tried = (write: () => E.Either<Problem, unknown>): Problem | null => {
  try {
    const result = write()
    return E.isLeft(result) ? result.left : null
  } catch (error) {
    return messageOf(error)
  }
}

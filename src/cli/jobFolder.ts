import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { makeRoom } from '../run/folder/runFolder.ts'
import { expectHeld, type Lock } from '../run/folder/lock.ts'
import { differences } from '../sweep/difference.ts'
import { beginFolder, openResults, readAsked, type ResultsFile } from '../sweep/folder.ts'
import type { JobResult } from '../sweep/result.ts'
import { withLock } from './lock.ts'
import { fromFile, type Problem } from './problem.ts'

/** A folder of results to which only this process writes. */
export interface JobFolder {
  readonly out: string
  readonly results: ResultsFile
  /** Keeps a result; Left if it could not be written, or if the folder was moved or taken. */
  readonly add: (key: string, result: JobResult, seconds: number) => E.Either<Problem, void>
}

/** Whether the folder holds what is asked for, or can; the difference otherwise, a line for each field. */
const expectAsked = (out: string, name: string, asked: object): E.Either<Problem, boolean> =>
  pipe(
    fromFile(readAsked(out, name)),
    E.flatMap((kept) => {
      const lines = kept === null ? [] : differences(kept, asked)
      return lines.length === 0
        ? E.right(kept !== null)
        : E.left(
            [
              `${out}: expected a folder with the same settings, or a new one: choose another --out, or use the settings of this one`,
              ...lines,
            ].join('\n'),
          )
    }),
  )

const opened = (
  out: string,
  name: string,
  asked: object,
  lock: Lock,
): E.Either<Problem, JobFolder> =>
  pipe(
    expectAsked(out, name, asked),
    E.flatMap((isBegun) =>
      isBegun ? E.right(undefined) : fromFile(beginFolder(out, name, asked)),
    ),
    E.flatMap(() => fromFile(openResults(out))),
    E.map((results) => ({
      out,
      results,
      add: (key, result, seconds) =>
        fromFile(
          pipe(
            expectHeld(lock),
            E.flatMap(() => results.add(key, result, seconds)),
          ),
        ),
    })),
  )

/**
 * Uses a folder of results: a new or empty one, or one that was begun with the same settings.
 *
 * @param name of the file that says what was asked for
 * @param asked what is asked for, as JSON
 */
export const withJobFolder = <A>(
  out: string,
  name: string,
  asked: object,
  use: (folder: JobFolder) => TE.TaskEither<Problem, A>,
): TE.TaskEither<Problem, A> =>
  pipe(
    TE.fromEither(expectAsked(out, name, asked)),
    TE.flatMapEither((isBegun) => (isBegun ? E.right(undefined) : fromFile(makeRoom(out)))),
    TE.flatMap(() =>
      withLock(out, (lock) =>
        pipe(
          TE.fromEither(opened(out, name, asked, lock)),
          TE.flatMap((folder) => async () => {
            try {
              return await use(folder)()
            } finally {
              folder.results.close()
            }
          }),
        ),
      ),
    ),
  )

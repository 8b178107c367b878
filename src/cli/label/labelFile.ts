import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as file from '../../run/disk/file.ts'
import { fromFile, type Problem } from '../problem.ts'

/** A file of labels that only grows, a line at a time. */
export interface LabelFile {
  /** the lines that it had */
  readonly lines: readonly string[]
  /** Appends a line in one write; it is on the disk when this returns. */
  readonly append: (line: string) => E.Either<Problem, void>
  readonly close: () => void
}

/** No file of labels is larger: 64 MiB. */
const MOST = 67_108_864

const textOf = (bytes: Uint8Array): E.Either<string, string> =>
  E.tryCatch(
    () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    () => 'expected UTF-8, got invalid bytes',
  )

/** Opens a file of labels to append to, and makes it if there is none. Nothing in it is ever changed. */
export const openLabelFile = (path: string): E.Either<Problem, LabelFile> =>
  pipe(
    file.exists(path) ? fromFile(file.readBytes(path, MOST)) : E.right(new Uint8Array(0)),
    E.flatMap((bytes) =>
      pipe(
        textOf(bytes),
        E.mapLeft((problem): Problem => `${path}: ${problem}`),
      ),
    ),
    E.bindTo('text'),
    E.bind('appender', () => fromFile(file.openToAppend(path))),
    E.map(({ text, appender }) => {
      // An editor may have left the last line without a line feed.
      let before = text === '' || text.endsWith('\n') ? '' : '\n'
      return {
        lines: text.split('\n'),
        append: (line) =>
          pipe(
            fromFile(appender.write(before + line)),
            E.flatMap(() => {
              before = ''
              return fromFile(file.sync(path))
            }),
          ),
        close: () => void appender.close(),
      }
    }),
  )

/** The folder of a sweep or a search: its settings, and a line for each finished run. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { canonicalJson, isObject, parseJson } from '../format/json.ts'
import * as file from '../run/disk/file.ts'
import { expectRoom } from '../run/folder/runFolder.ts'
import { decodeResults, encodeResult, type JobResult, type Results } from './result.ts'

type Result<A> = E.Either<file.FileError, A>

const RESULTS = 'results.jsonl'

/** No file of ours is larger: 16 MiB, and 256 MiB of results. */
const [MOST_ASKED, MOST] = [16_777_216, 268_435_456]

const LINE_FEED = 10

const DAMAGED = 'expected JSON, got something else: the folder is damaged'

/** The settings in a file, or why the file is not one of ours. */
export const decodeAsked = (bytes: Uint8Array): E.Either<string, object> =>
  pipe(
    parseJson(bytes, DAMAGED),
    E.filterOrElse(isObject, () => DAMAGED),
    // Whatever is nested deeper than calls can be is not one of our files.
    E.flatMap((json) =>
      pipe(
        E.tryCatch(
          () => canonicalJson(json),
          () => DAMAGED,
        ),
        E.map(() => json),
      ),
    ),
  )

/** What a folder holds: null for a new or empty one; an error for a folder of anything else. */
export const readAsked = (folder: string, name: string): Result<object | null> => {
  const path = file.join(folder, name)
  if (!file.exists(path))
    return pipe(
      expectRoom(folder),
      E.map(() => null),
    )
  return pipe(
    file.readBytes(path, MOST_ASKED),
    E.flatMap((bytes) =>
      pipe(
        decodeAsked(bytes),
        E.mapLeft((problem): file.FileError => ({ path, problem })),
      ),
    ),
  )
}

/** Writes the settings, which makes the folder one of ours. */
export const beginFolder = (folder: string, name: string, asked: object): Result<void> =>
  pipe(
    file.sweep(folder),
    E.flatMap(() => file.replace(file.join(folder, name), `${JSON.stringify(asked, null, 2)}\n`)),
  )

/** The results file of a folder, to add to. */
export interface ResultsFile {
  readonly kept: Results
  /** lines that could not be read, whose runs have to be repeated */
  readonly damaged: number
  /** Adds a result, which is on the disk when this returns. */
  readonly add: (key: string, result: JobResult, seconds: number) => Result<void>
  readonly close: () => Result<void>
}

/** Bytes up to the last line feed: a kill may leave half a line behind it. */
const wholeLines = (bytes: Uint8Array): Uint8Array =>
  bytes.subarray(0, bytes.lastIndexOf(LINE_FEED) + 1)

/** Opens the results of a folder that is in use, without half a line that a kill may have left. */
export const openResults = (folder: string): Result<ResultsFile> => {
  const path = file.join(folder, RESULTS)
  return pipe(
    file.exists(path) ? file.readBytes(path, MOST) : E.right(new Uint8Array(0)),
    E.bindTo('bytes'),
    E.let('whole', ({ bytes }) => wholeLines(bytes)),
    E.tap(({ bytes, whole }) =>
      whole.length < bytes.length ? file.truncate(path, whole.length) : E.right(undefined),
    ),
    E.bind('appender', () => file.openToAppend(path)),
    E.map(({ whole, appender }) => {
      const { results, damaged } = decodeResults(new TextDecoder().decode(whole).split('\n'))
      return {
        kept: results,
        damaged,
        add: (key, result, seconds) =>
          pipe(
            appender.write(encodeResult(key, result, seconds)),
            E.flatMap(() => file.sync(path)),
          ),
        close: appender.close,
      }
    }),
  )
}

/** Writes files that follow from the results, in the place of earlier ones. */
export const writeFiles = (
  folder: string,
  files: { readonly [name: string]: string },
): Result<void> => {
  for (const [name, text] of Object.entries(files)) {
    const written = file.replace(file.join(folder, name), text)
    if (E.isLeft(written)) return written
  }
  return E.right(undefined)
}

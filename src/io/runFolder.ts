import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Metrics } from '../algo/ppo/iterate.ts'
import type { Learner } from '../algo/learner.ts'
import { shown } from '../algo/shown.ts'
import * as file from './file.ts'
import { isLeftover } from './files.ts'
import { isLock } from './lock.ts'
import { learnerHash, sha256Hex } from './hash.ts'
import { decodeMetrics } from './metrics.ts'
import {
  decodeReplayRecord,
  decodeRunConfig,
  encodeJson,
  FILES,
  LOCK,
  verifyFile,
  type ReplayRecord,
  type RunConfig,
} from './run.ts'
import { decodeTrained, encodeTrained, type Trained } from './trained.ts'

type Result<A> = E.Either<file.FileError, A>

const at = (folder: string, name: keyof typeof FILES): string => file.join(folder, FILES[name])

const inFile =
  (path: string) =>
  <A>(decoded: E.Either<string, A>): Result<A> =>
    E.mapLeft((problem: string): file.FileError => ({ path, problem }))(decoded)

const isEmpty = (path: string): boolean =>
  pipe(
    file.readHead(path, 1),
    E.exists((bytes) => bytes.length === 0),
  )

/**
 * Whether a folder has only what a process of ours leaves in it that is killed before its run
 * begins: a lock that says so and, if there is one, an empty metrics file and unfinished files.
 */
const isLeft = (folder: string, names: readonly string[]): boolean => {
  const isUnfinished = (name: string): boolean =>
    isLeftover(name) && file.isRegular(file.join(folder, name))
  return (
    names.every(isUnfinished) ||
    (names.includes(LOCK) &&
      isLock(file.join(folder, LOCK)) &&
      names.every(
        (name) =>
          name === LOCK ||
          isUnfinished(name) ||
          (name === FILES.metrics && isEmpty(at(folder, 'metrics'))),
      ))
  )
}

const notEmpty = (folder: string, [first]: readonly string[]): file.FileError => ({
  path: folder,
  problem: `expected a new or empty folder, found one with ${shown(first)}, which is left as it is: choose another path`,
  code: 'ENOTEMPTY',
})

/** Left unless a run has room in a folder: there is none, or it is empty. */
export const expectRoom = (folder: string): Result<void> =>
  file.isFolder(folder)
    ? pipe(
        file.entries(folder),
        E.filterOrElse(
          (names) => isLeft(folder, names),
          (names) => notEmpty(folder, names),
        ),
        E.map(() => undefined),
      )
    : file.exists(folder)
      ? E.left({
          path: folder,
          problem: 'exists already and is no folder: choose another path',
          code: 'EEXIST',
        })
      : E.right(undefined)

/** A folder for a run: a new one, or an empty one. Any other one is an error. */
export const makeRoom = (folder: string): Result<void> =>
  pipe(
    expectRoom(folder),
    E.flatMap(() => (file.isFolder(folder) ? E.right(undefined) : file.createFolder(folder))),
  )

/**
 * A run folder with an empty metrics file and the config, which makes it a run; where that fails,
 * the folder has room for another one.
 */
export const createRun = (folder: string, config: RunConfig): Result<void> =>
  pipe(
    makeRoom(folder),
    E.flatMap(() => file.sweep(folder)),
    E.flatMap(() => file.replace(at(folder, 'metrics'), '')),
    E.flatMap(() =>
      pipe(
        file.replace(at(folder, 'config'), encodeJson(config)),
        E.orElse((error): Result<void> => {
          file.remove(at(folder, 'metrics'))
          return E.left(error)
        }),
      ),
    ),
  )

export const readConfig = (folder: string): Result<RunConfig> =>
  pipe(
    file.readBytes(at(folder, 'config')),
    E.flatMap((bytes) => inFile(at(folder, 'config'))(decodeRunConfig(bytes))),
  )

/** Adds what an update told: a line of JSON. */
export const appendMetrics = (folder: string, line: string): Result<void> =>
  file.append(at(folder, 'metrics'), line)

/** A run that is to go on: no longer whole, and its metrics as long as they were. */
export const rewind = (folder: string, metricsBytes: number): Result<void> =>
  pipe(
    file.sweep(folder),
    E.flatMap(() =>
      file.exists(at(folder, 'replay'))
        ? pipe(
            // A link or a pipe of that name is none of ours.
            file.readHead(at(folder, 'replay'), 1),
            E.flatMap(() => file.remove(at(folder, 'replay'))),
          )
        : E.right(undefined),
    ),
    E.flatMap(() => file.truncate(at(folder, 'metrics'), metricsBytes)),
  )

/** Parameters and replay record, which make the folder whole. */
export const finishRun = (
  folder: string,
  learner: Learner,
  chain: readonly string[],
): Result<void> => {
  const params = encodeTrained(learner)
  return pipe(
    E.Do,
    E.bind('config', () => file.readBytes(at(folder, 'config'))),
    E.bind('metrics', () => file.readBytes(at(folder, 'metrics'))),
    E.tap(() => file.replace(at(folder, 'params'), params)),
    E.map(({ config, metrics }): ReplayRecord => ({
      format: 'proximal replay 1',
      files: {
        config: sha256Hex(config),
        metrics: sha256Hex(metrics),
        params: sha256Hex(params),
      },
      hash: learnerHash(learner),
      chain,
    })),
    E.flatMap((record) => file.replace(at(folder, 'replay'), encodeJson(record))),
  )
}

/** A finished run, each of its files as the run wrote it. */
export interface StoredRun {
  readonly config: RunConfig
  readonly record: ReplayRecord
  readonly params: Uint8Array
}

/** Reads a run folder; a missing, damaged or changed file is an error that names it. */
export const readRun = (folder: string): Result<StoredRun> => {
  const verified = (name: 'config' | 'metrics' | 'params', record: ReplayRecord) =>
    pipe(
      file.readBytes(at(folder, name)),
      E.flatMap((bytes) => inFile(at(folder, name))(verifyFile(bytes, record.files[name]))),
    )
  return pipe(
    E.Do,
    E.bind('record', () =>
      pipe(
        file.exists(at(folder, 'config')) && !file.exists(at(folder, 'replay'))
          ? E.left({ path: folder, problem: 'has not ended: go on with proximal train --resume' })
          : file.readBytes(at(folder, 'replay')),
        E.flatMap((bytes) => inFile(at(folder, 'replay'))(decodeReplayRecord(bytes))),
      ),
    ),
    E.bind('config', ({ record }) =>
      pipe(
        verified('config', record),
        E.flatMap((bytes) => inFile(at(folder, 'config'))(decodeRunConfig(bytes))),
      ),
    ),
    E.tap(({ record }) => verified('metrics', record)),
    E.bind('params', ({ record }) => verified('params', record)),
  )
}

/** What acts after the run, for a policy that looks like `like`. */
export const readTrained = (
  folder: string,
  { params }: StoredRun,
  like: Trained,
): Result<Trained> => inFile(at(folder, 'params'))(decodeTrained(like)(params))

/** What the updates of a run told. */
export const readMetrics = (folder: string, { record }: StoredRun): Result<readonly Metrics[]> =>
  pipe(
    file.readBytes(at(folder, 'metrics')),
    E.flatMap((bytes) =>
      inFile(at(folder, 'metrics'))(
        pipe(
          verifyFile(bytes, record.files.metrics),
          E.flatMap((verified) => decodeMetrics(new TextDecoder().decode(verified))),
        ),
      ),
    ),
  )

/** When a run began and ended, in seconds since 1970, as its first and its last file tell. */
export const runTimes = (
  folder: string,
): Result<{ readonly start: number; readonly end: number }> =>
  pipe(
    E.Do,
    E.bind('start', () => file.writtenAt(at(folder, 'config'))),
    E.bind('end', () => file.writtenAt(at(folder, 'replay'))),
  )

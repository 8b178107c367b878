import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Metrics } from '../algo/ppo/iterate.ts'
import type { Learner } from '../algo/learner.ts'
import * as file from './file.ts'
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
    file.readBytes(path),
    E.exists((bytes) => bytes.length === 0),
  )

/** Whether nothing is in a folder but what a process leaves that was killed before its run began. */
const isFree = (folder: string): boolean =>
  pipe(
    file.list(folder),
    E.exists((names) =>
      names.every(
        (name) => name === LOCK || (name === FILES.metrics && isEmpty(at(folder, 'metrics'))),
      ),
    ),
  )

/** Left where a run has no room in a folder, as there is something in it. */
export const expectRoom = (folder: string): Result<void> =>
  file.exists(folder) && !isFree(folder) ? file.createFolder(folder) : E.right(undefined)

/** A folder for a run: a new one, or one in which nothing is. Any other one is an error. */
export const makeRoom = (folder: string): Result<void> =>
  file.exists(folder) && isFree(folder) ? E.right(undefined) : file.createFolder(folder)

/** A run folder with an empty metrics file and the config, which makes it a run. */
export const createRun = (folder: string, config: RunConfig): Result<void> =>
  pipe(
    makeRoom(folder),
    E.flatMap(() => file.sweep(folder)),
    E.flatMap(() => file.replace(at(folder, 'metrics'), '')),
    E.flatMap(() => file.replace(at(folder, 'config'), encodeJson(config))),
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
      file.exists(at(folder, 'replay')) ? file.remove(at(folder, 'replay')) : E.right(undefined),
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

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyMetrics } from '../../algo/algorithm.ts'
import { shown } from '../../tensor/shown.ts'
import * as file from '../disk/file.ts'
import { isLeftover } from '../disk/files.ts'
import { isLock } from './lock.ts'
import type { Past } from './journal.ts'
import { linkBytes, LINK_BYTES, type Links } from '../links.ts'
import { linksOf } from './past.ts'
import { metricsFileLines, readMetricsFile } from './metricsFile.ts'
import {
  decodeReplayRecord,
  decodeRunConfig,
  encodeJson,
  FILES,
  LOCK,
  verifyFile,
  verifyHash,
  type LegacyReplayRecord,
  type ReplayRecord,
  type RunConfig,
} from '../config.ts'
import { hashOf, inFile, pathIn } from './runFiles.ts'

type Result<A> = E.Either<file.FileError, A>

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
          (name === FILES.metrics && isEmpty(pathIn(folder, 'metrics'))),
      ))
  )
}

const notEmpty = (folder: string, [first]: readonly string[]): file.FileError => ({
  path: folder,
  problem: `expected a new or empty folder, found one with ${shown(first)}, which was not changed: choose another path`,
  code: 'ENOTEMPTY',
})

/** Left unless a folder is missing or empty. */
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
          problem: 'exists already and is not a folder: choose another path',
          code: 'EEXIST',
        })
      : E.right(undefined)

/** Creates the folder of a run, or takes an empty one; any other folder is an error. */
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
    E.flatMap(() => file.replace(pathIn(folder, 'metrics'), '')),
    E.flatMap(() =>
      pipe(
        file.replace(pathIn(folder, 'config'), encodeJson(config)),
        E.orElse((error): Result<void> => {
          file.remove(pathIn(folder, 'metrics'))
          return E.left(error)
        }),
      ),
    ),
  )

export const readConfig = (folder: string): Result<RunConfig> =>
  pipe(
    file.readBytes(pathIn(folder, 'config')),
    E.flatMap((bytes) => inFile(pathIn(folder, 'config'))(decodeRunConfig(bytes))),
  )

/** A run that is to continue: no longer complete, and its growing files as long as they were. */
export const rewind = (
  folder: string,
  { metrics, chain }: Past,
  earlierChain: readonly string[] | null,
): Result<void> =>
  pipe(
    file.sweep(folder),
    E.flatMap(() =>
      file.exists(pathIn(folder, 'replay'))
        ? pipe(
            // We did not write a link or a pipe.
            file.readHead(pathIn(folder, 'replay'), 1),
            E.flatMap(() => file.remove(pathIn(folder, 'replay'))),
          )
        : E.right(undefined),
    ),
    E.flatMap(() => file.truncate(pathIn(folder, 'metrics'), metrics.bytes)),
    E.flatMap(() => {
      const path = pathIn(folder, 'chain')
      if (earlierChain !== null) return file.replace(path, linkBytes(earlierChain))
      return file.exists(path) ? file.truncate(path, chain.bytes) : E.right(undefined)
    }),
  )

/** A finished run, whose files have the hashes in its replay record. */
export interface StoredRun {
  readonly config: RunConfig
  /** SHA-256 of config.json */
  readonly configHash: string
  /** the hash of the final learner */
  readonly hash: string
  readonly chain: Links
  readonly metricsBytes: number
  readonly params: Uint8Array
  /** SHA-256 of best.safetensors, which is not verified yet; null if there is none */
  readonly best: string | null
}

const readRecord = (folder: string): Result<ReplayRecord | LegacyReplayRecord> =>
  pipe(
    file.exists(pathIn(folder, 'config')) && !file.exists(pathIn(folder, 'replay'))
      ? E.left({ path: folder, problem: 'has not finished: continue with proximal train --resume' })
      : file.readBytes(pathIn(folder, 'replay')),
    E.flatMap((bytes) => inFile(pathIn(folder, 'replay'))(decodeReplayRecord(bytes))),
  )

/** The chain of a run: from the file `chain`, or from the record of an earlier version. */
const readChain = (folder: string, record: ReplayRecord | LegacyReplayRecord): Result<Links> => {
  if (record.format === 'proximal replay 1') return E.right(record.chain)
  const path = pathIn(folder, 'chain')
  const length = record.updates + 1
  return pipe(
    file.sizeOf(path),
    E.filterOrElse(
      (size) => size === length * LINK_BYTES,
      (size): file.FileError => ({
        path,
        problem: `expected ${length} links of ${LINK_BYTES} bytes, got ${size} bytes`,
      }),
    ),
    E.flatMap(() => hashOf(path)),
    E.flatMap((got) => inFile(path)(verifyHash(got, record.files.chain))),
    E.map(() => linksOf(folder, length)),
    E.filterOrElse(
      (links) => links.at(record.updates) === record.link,
      (): file.FileError => ({ path, problem: 'expected the last link of replay.json at its end' }),
    ),
  )
}

/** Reads a run folder; a missing, damaged or changed file is an error that names it. */
export const readRun = (folder: string): Result<StoredRun> => {
  const verified = (name: 'config' | 'params', expected: string) =>
    pipe(
      file.readBytes(pathIn(folder, name)),
      E.flatMap((bytes) => inFile(pathIn(folder, name))(verifyFile(bytes, expected))),
    )
  return pipe(
    E.Do,
    E.bind('record', () => readRecord(folder)),
    E.bind('config', ({ record }) =>
      pipe(
        verified('config', record.files.config),
        E.flatMap((bytes) => inFile(pathIn(folder, 'config'))(decodeRunConfig(bytes))),
      ),
    ),
    E.bind('metricsBytes', () => file.sizeOf(pathIn(folder, 'metrics'))),
    E.bind('metrics', () => hashOf(pathIn(folder, 'metrics'))),
    E.tap(({ record, metrics }) =>
      inFile(pathIn(folder, 'metrics'))(verifyHash(metrics, record.files.metrics)),
    ),
    E.bind('chain', ({ record }) => readChain(folder, record)),
    E.bind('params', ({ record }) => verified('params', record.files.params)),
    E.map(({ record, config, metricsBytes, chain, params }) => ({
      config,
      configHash: record.files.config,
      hash: record.hash,
      chain,
      metricsBytes,
      params,
      best: record.format === 'proximal replay 2' ? (record.files.best ?? null) : null,
    })),
  )
}

/** The metrics of a run, read lazily, with errors that `attempt` turns into a `FileError`. */
export const readMetrics = (
  folder: string,
  { metricsBytes, config }: StoredRun,
): Iterable<AnyMetrics> =>
  readMetricsFile(pathIn(folder, 'metrics'), metricsBytes, config.algorithm)

/** The lines of metrics.jsonl, read lazily, with errors that `attempt` turns into a `FileError`. */
export const readLines = (folder: string, { metricsBytes }: StoredRun): Iterable<string> =>
  metricsFileLines(pathIn(folder, 'metrics'), metricsBytes)

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyMetrics } from '../../algo/algorithm.ts'
import { updatesOf } from '../../algo/configFields.ts'
import { expectRun, newestCheckpoint, pathOfCheckpoint, type Found } from './checkpoints.ts'
import * as file from '../disk/file.ts'
import type { StoredCheckpoint } from '../checkpoint.ts'
import { own, type Tensor } from '../../tensor/tensor.ts'
import { sha256Hex } from '../hash.ts'
import { expectMetrics } from './past.ts'
import { decodeBest, type Best, type StoredBest } from '../bestPolicy.ts'
import { decodeRunConfig, verifyFile, type RunConfig } from '../config.ts'
import { inFile, pathIn } from './runFiles.ts'
import { readRun } from './runFolder.ts'
import { readMetricsFile } from './metricsFile.ts'
import { decodeTrained, readTrained, type PolicySnapshot } from '../policy/policySnapshot.ts'

type Result<A> = E.Either<file.FileError, A>

/** A run for playing and exporting: finished, or as of its newest checkpoint. */
export interface OpenRun {
  readonly config: RunConfig
  /** SHA-256 of config.json */
  readonly configHash: string
  /** hash of the final learner, or null if the run has not ended */
  readonly hash: string | null
  /** updates done */
  readonly updates: number
  /** updates that the run will have in total, or null if it has ended */
  readonly unfinished: number | null
  /** read lazily, with errors that `attempt` turns into a `FileError` */
  readonly metrics: Iterable<AnyMetrics>
  /** SHA-256 of best.safetensors; null if the run has not ended or has kept no best policy */
  readonly bestHash: string | null
  /** where `trained` comes from; null: from the last update */
  readonly best: Best | null
  /** the trained policy; its tensors must have the shapes of `like` */
  readonly trained: (like: PolicySnapshot) => Result<PolicySnapshot>
  /** what the environments show after the last update, [env, feature]; null if no checkpoint has it */
  readonly observation: () => Tensor | null
  /** start of the run, and time of its last saved update, in seconds since 1970 */
  readonly times: () => Result<{ readonly start: number; readonly end: number }>
}

const timesOf =
  (folder: string, last: string): OpenRun['times'] =>
  () =>
    pipe(
      E.Do,
      E.bind('start', () => file.writtenAt(pathIn(folder, 'config'))),
      E.bind('end', () => file.writtenAt(last)),
    )

/** Attempts, since a running process may delete a checkpoint between listing and reading it. */
const TRIES = 5

const newest = (folder: string): Result<Found> => {
  for (let i = 1; ; i++) {
    const found = newestCheckpoint(folder)
    const isGone =
      E.isRight(found) &&
      found.right.checkpoint === null &&
      found.right.damaged.some(({ code }) => code === 'ENOENT')
    if (!isGone || i === TRIES) return found
  }
}

const observationIn = ({ tensors }: StoredCheckpoint): Tensor | null => {
  const found = tensors.get('run.observation')
  const [rows, features, ...more] = found?.shape ?? []
  return found === undefined || rows === undefined || features === undefined || more.length > 0
    ? null
    : own(['env', 'feature'], [rows, features], found.data)
}

const ended = (folder: string): Result<OpenRun> =>
  pipe(
    readRun(folder),
    E.map(({ config, configHash, hash, chain, metricsBytes, params, best }) => ({
      config,
      configHash,
      hash,
      updates: chain.length - 1,
      unfinished: null,
      bestHash: best,
      best: null,
      metrics: readMetricsFile(pathIn(folder, 'metrics'), metricsBytes, config.algorithm),
      trained: (like) => inFile(pathIn(folder, 'params'))(decodeTrained(like)(params)),
      observation: () => {
        const found = newest(folder)
        return E.isLeft(found) || found.right.checkpoint?.update !== chain.length - 1
          ? null
          : observationIn(found.right.checkpoint)
      },
      times: timesOf(folder, pathIn(folder, 'replay')),
    })),
  )

const going = (folder: string): Result<OpenRun> =>
  pipe(
    E.Do,
    E.bind('bytes', () => file.readBytes(pathIn(folder, 'config'))),
    E.bind('config', ({ bytes }) => inFile(pathIn(folder, 'config'))(decodeRunConfig(bytes))),
    E.bind('found', () => newest(folder)),
    E.bind('checkpoint', ({ found: { checkpoint, damaged } }) =>
      checkpoint === null
        ? E.left(
            damaged[0] ?? {
              path: folder,
              problem:
                'has neither finished nor written a checkpoint yet: wait for its first checkpoint, or continue with proximal train --resume',
            },
          )
        : E.right(checkpoint),
    ),
    E.tap(({ config, checkpoint }) => expectRun(folder, config, checkpoint)),
    E.bind('past', ({ checkpoint }) => expectMetrics(folder, checkpoint)),
    E.map(({ bytes, config, checkpoint, past }): OpenRun => {
      const path = pathOfCheckpoint(folder, checkpoint.update)
      return {
        config,
        configHash: sha256Hex(bytes),
        hash: null,
        updates: checkpoint.update,
        unfinished: updatesOf(config.settings),
        bestHash: null,
        best: null,
        metrics: readMetricsFile(pathIn(folder, 'metrics'), past.bytes, config.algorithm),
        trained: (like) => inFile(path)(readTrained(like)(checkpoint.tensors)),
        observation: () => observationIn(checkpoint),
        times: timesOf(folder, path),
      }
    }),
  )

/**
 * Opens a run read-only: a finished one after verifying the hashes of its files, one that is in
 * training or was interrupted as of its newest intact checkpoint.
 */
export const openRun = (folder: string): Result<OpenRun> =>
  file.exists(pathIn(folder, 'config')) && !file.exists(pathIn(folder, 'replay'))
    ? going(folder)
    : ended(folder)

const withBest = (run: OpenRun, path: string, { update, mean, trained }: StoredBest): OpenRun => ({
  ...run,
  best: { update, mean },
  trained: (like) => inFile(path)(trained(like)),
})

/** Opens a run like `openRun`, with the policy of its best evaluation in place of its last one. */
export const openBest = (folder: string): Result<OpenRun> => {
  const path = pathIn(folder, 'best')
  return pipe(
    openRun(folder),
    E.filterOrElse(
      ({ bestHash, unfinished }) => file.exists(path) && (bestHash !== null || unfinished !== null),
      (): file.FileError => ({
        path,
        problem: 'expected the best policy of the run, found none: train with --eval-every',
      }),
    ),
    E.bindTo('run'),
    E.bind('bytes', ({ run: { bestHash } }) =>
      pipe(
        file.readBytes(path),
        E.flatMap((bytes) =>
          bestHash === null ? E.right(bytes) : inFile(path)(verifyFile(bytes, bestHash)),
        ),
      ),
    ),
    E.bind('best', ({ run, bytes }) => inFile(path)(decodeBest(run.config, bytes))),
    E.map(({ run, best }) => withBest(run, path, best)),
  )
}

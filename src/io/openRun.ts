import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Metrics } from '../algo/ppo/iterate.ts'
import { updatesOf } from '../algo/ppo/config.ts'
import { expectRun, newestCheckpoint, pathOfCheckpoint, type Found } from './checkpoints.ts'
import * as file from './file.ts'
import { sha256Hex } from './hash.ts'
import { expectMetrics } from './past.ts'
import { decodeRunConfig, FILES, type RunConfig } from './run.ts'
import { readRun } from './runFolder.ts'
import { readMetricsFile } from './metricsFile.ts'
import { decodeTrained, readTrained, type Trained } from './trained.ts'

type Result<A> = E.Either<file.FileError, A>

/** A run that can be played and exported: to its end, or to its newest checkpoint. */
export interface OpenRun {
  readonly config: RunConfig
  /** SHA-256 of config.json */
  readonly configHash: string
  /** the hash of the final learner; null where the run has not ended */
  readonly hash: string | null
  readonly updates: number
  /** how many updates the run is to have; null where it has ended */
  readonly unfinished: number | null
  /** what the updates told, read as it is asked for: wrap what reads it in `attempt` */
  readonly metrics: Iterable<Metrics>
  /** what acts, for a policy that looks like `like` */
  readonly trained: (like: Trained) => Result<Trained>
  /** when it began, and when the last of these updates was kept, in seconds since 1970 */
  readonly times: () => Result<{ readonly start: number; readonly end: number }>
}

const at = (folder: string, name: keyof typeof FILES): string => file.join(folder, FILES[name])

const inFile =
  (path: string) =>
  <A>(result: E.Either<string, A>): Result<A> =>
    E.mapLeft((problem: string): file.FileError => ({ path, problem }))(result)

const timesOf =
  (folder: string, last: string): OpenRun['times'] =>
  () =>
    pipe(
      E.Do,
      E.bind('start', () => file.writtenAt(at(folder, 'config'))),
      E.bind('end', () => file.writtenAt(last)),
    )

const ended = (folder: string): Result<OpenRun> =>
  pipe(
    readRun(folder),
    E.map(({ config, configHash, hash, chain, metricsBytes, params }) => ({
      config,
      configHash,
      hash,
      updates: chain.length - 1,
      unfinished: null,
      metrics: readMetricsFile(at(folder, 'metrics'), metricsBytes),
      trained: (like) => inFile(at(folder, 'params'))(decodeTrained(like)(params)),
      times: timesOf(folder, at(folder, 'replay')),
    })),
  )

/** How often to look for checkpoints that a run replaced while they were looked for. */
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

const going = (folder: string): Result<OpenRun> =>
  pipe(
    E.Do,
    E.bind('bytes', () => file.readBytes(at(folder, 'config'))),
    E.bind('config', ({ bytes }) => inFile(at(folder, 'config'))(decodeRunConfig(bytes))),
    E.bind('found', () => newest(folder)),
    E.bind('checkpoint', ({ found: { checkpoint, damaged } }) =>
      checkpoint === null
        ? E.left(
            damaged[0] ?? {
              path: folder,
              problem:
                'has neither ended nor been kept yet: wait for its first checkpoint, or go on with proximal train --resume',
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
        unfinished: updatesOf(config.ppo),
        metrics: readMetricsFile(at(folder, 'metrics'), past.bytes),
        trained: (like) => inFile(path)(readTrained(like)(checkpoint.tensors)),
        times: timesOf(folder, path),
      }
    }),
  )

/**
 * A run as far as it is: a finished one as its files say, each as the run wrote it, and one that is
 * being trained, or was stopped, as of its newest whole checkpoint. Changes nothing.
 */
export const openRun = (folder: string): Result<OpenRun> =>
  file.exists(at(folder, 'config')) && !file.exists(at(folder, 'replay'))
    ? going(folder)
    : ended(folder)

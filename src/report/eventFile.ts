import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AlgorithmName, AnyMetrics } from '../algo/algorithm.ts'
import { attempt, orThrow } from '../run/disk/disk.ts'
import * as file from '../run/disk/file.ts'
import type { Appender } from '../run/disk/files.ts'
import type { Past } from '../run/folder/journal.ts'
import { pathIn } from '../run/folder/runFiles.ts'
import { eventsFileName, firstEvent, stepsIn } from '../format/tfevents.ts'
import { updateEvent } from './tensorboard.ts'
import { readMetricsFile } from '../run/folder/metricsFile.ts'

type Result<A> = E.Either<file.FileError, A>

/** TensorBoard's event file of a run in training. */
export interface EventFile {
  /** Buffers the metrics of an update; `wallTime` is in seconds since 1970. */
  readonly add: (metrics: AnyMetrics, wallTime: number) => void
  /** Writes what is buffered. After a failure nothing more is written: the run continues without it. */
  readonly flush: () => Result<void>
  /** the error of the flush that failed, or null */
  readonly failure: () => file.FileError | null
  readonly close: () => Result<void>
}

const NAME = /^events\.out\.tfevents\.\d+\.proximal$/

/** The name of the event file in a run folder, or null. */
export const eventFileIn = (run: string): Result<string | null> =>
  pipe(
    file.list(run),
    E.map((names) => names.find((name) => NAME.test(name)) ?? null),
  )

/** How many updates, up to `most`, the file holds from its start without a gap, and where they end. */
const readable = (
  path: string,
  most: number,
  stepsPerUpdate: number,
): { readonly updates: number; readonly bytes: number } => {
  let [updates, bytes] = [0, 0]
  for (const { steps, end } of stepsIn(file.chunks(path))) {
    if (steps !== updates * stepsPerUpdate || updates > most) break
    bytes = end
    updates += 1
  }
  // The first event, at step 0, holds the version.
  return { updates: Math.max(0, updates - 1), bytes }
}

/**
 * The events of the updates after the first `done`. Wall times of all `update` updates are spread
 * evenly from `start` to `end`.
 */
function* missing(
  metrics: Iterable<AnyMetrics>,
  done: number,
  update: number,
  [start, end]: readonly [number, number],
): Generator<Uint8Array, void, undefined> {
  let i = 0
  for (const m of metrics) {
    i += 1
    if (i > done) yield updateEvent(m, start + (i / update) * (end - start))
  }
}

/**
 * Opens the event file of a run that continues after `update`. Truncates events of later updates, and
 * adds missing events of earlier ones from metrics.jsonl.
 *
 * @param now seconds since 1970
 */
export const openEventFile = (
  run: string,
  algorithm: AlgorithmName,
  past: Past,
  update: number,
  stepsPerUpdate: number,
  now: number,
): Result<EventFile> =>
  pipe(
    E.Do,
    E.bind('found', () => eventFileIn(run)),
    E.bind('start', () => file.writtenAt(pathIn(run, 'config'))),
    E.flatMap(({ found, start }) => {
      const path = file.join(run, found ?? eventsFileName(start))
      return attempt(path, () => {
        const { updates, bytes } =
          found === null ? { updates: 0, bytes: 0 } : readable(path, update, stepsPerUpdate)
        const appender = orThrow(file.openToAppend(path))
        orThrow(appender.truncate(bytes))
        if (bytes === 0) orThrow(appender.write(firstEvent(start)))
        if (updates < update) {
          const metrics = readMetricsFile(pathIn(run, 'metrics'), past.metrics.bytes, algorithm)
          orThrow(appender.write(missing(metrics, updates, update, [start, now])))
        }
        return appending(appender)
      })
    }),
  )

const appending = (appender: Appender): EventFile => {
  let held: Uint8Array[] = []
  let failure: file.FileError | null = null
  return {
    add: (metrics, wallTime) => {
      if (failure === null) held.push(updateEvent(metrics, wallTime))
    },
    flush: () => {
      if (held.length === 0) return E.right(undefined)
      const content = Buffer.concat(held)
      held = []
      const written = appender.write(content)
      if (E.isLeft(written)) failure = written.left
      return written
    },
    failure: () => failure,
    close: appender.close,
  }
}

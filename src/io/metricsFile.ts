import type { Metrics } from '../algo/ppo/iterate.ts'
import { thrown } from './disk.ts'
import * as file from './file.ts'
import { linesOf } from './lines.ts'
import { metricsIn } from './metrics.ts'

/** What reads a file named `path`, with the path in the errors of its lines. */
function* located<A>(path: string, lines: Iterable<A>): Generator<A, void, undefined> {
  try {
    yield* lines
  } catch (error) {
    throw error instanceof RangeError ? thrown({ path, problem: error.message }) : error
  }
}

/**
 * The first bytes of a metrics.jsonl, line by line.
 *
 * @throws an error that `attempt` turns into a `FileError`
 */
export const metricsFileLines = (path: string, bytes: number): Iterable<string> => ({
  [Symbol.iterator]: () => located(path, linesOf(file.chunks(path, 0, bytes))),
})

/**
 * What the first bytes of a metrics.jsonl tell, update by update. It may be read more than once.
 *
 * @throws an error that `attempt` turns into a `FileError`
 */
export const readMetricsFile = (path: string, bytes: number): Iterable<Metrics> => ({
  [Symbol.iterator]: () => located(path, metricsIn(linesOf(file.chunks(path, 0, bytes)))),
})

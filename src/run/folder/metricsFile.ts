import type { AlgorithmName, AnyMetrics } from '../../algo/algorithm.ts'
import { thrown } from '../disk/disk.ts'
import * as file from '../disk/file.ts'
import { linesOf } from '../../format/lines.ts'
import { metricsIn } from '../metrics.ts'

/** Passes `lines` through, and puts the path of their file into the RangeErrors that they throw. */
function* located<A>(path: string, lines: Iterable<A>): Generator<A, void, undefined> {
  try {
    yield* lines
  } catch (error) {
    throw error instanceof RangeError ? thrown({ path, problem: error.message }) : error
  }
}

/**
 * The lines of metrics.jsonl, in its first `bytes` bytes, read lazily.
 *
 * @throws an error that `attempt` turns into a `FileError`
 */
export const metricsFileLines = (path: string, bytes: number): Iterable<string> => ({
  [Symbol.iterator]: () => located(path, linesOf(file.chunks(path, 0, bytes))),
})

/**
 * The metrics of each update in the first `bytes` bytes of metrics.jsonl, read lazily; each iteration
 * reads the file again.
 *
 * @throws an error that `attempt` turns into a `FileError`
 */
export const readMetricsFile = (
  path: string,
  bytes: number,
  algorithm: AlgorithmName,
): Iterable<AnyMetrics> => ({
  [Symbol.iterator]: () =>
    located(path, metricsIn(linesOf(file.chunks(path, 0, bytes)), algorithm)),
})

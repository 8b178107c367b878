/** Results of runs as lines of JSON. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fields, list, nullable, number, string, type TypeOf } from '../algo/codec.ts'
import { parseJson } from '../format/json.ts'
import { hash } from '../run/config.ts'

/** A learning curve has a point for each of so many equal stretches of a run. */
export const STRETCHES = 25

const finite = number({ from: -Number.MAX_VALUE })

const outcome = fields(
  {
    /** environment steps of training, in whole updates */
    steps: number({ from: 0, whole: true }),
    /** mean return of the evaluation, and its standard deviation, least and largest */
    score: finite,
    std: number({ from: 0 }),
    min: finite,
    max: finite,
    /** mean return of the last 100 episodes of training; null where none has ended */
    training: nullable(finite),
    /** mean return of the episodes that ended in each stretch of training; null where none has */
    curve: list(nullable(finite), STRETCHES, `a list of ${STRETCHES} numbers or null`),
    /** the hash of the final learner, which `train` prints for the same config and seed */
    hash,
  },
  'the outcome of a run',
)

/** What a run gave. */
export type Outcome = TypeOf<typeof outcome>

/** A run that has ended: its outcome, or the fault that ended it, in a line. */
export type JobResult = E.Either<string, Outcome>

const seconds = number({ from: 0 })

const ended = fields({ key: hash, seconds, outcome })
const failed = fields({ key: hash, seconds, fault: string })

/** The results of runs by their keys. */
export type Results = ReadonlyMap<string, JobResult>

/**
 * A line of the results file, which ends with a line break.
 *
 * @param seconds that the run took, which no table shows: they differ from machine to machine
 */
export const encodeResult = (key: string, result: JobResult, seconds: number): string =>
  `${JSON.stringify(
    E.isLeft(result)
      ? { key, seconds, fault: result.left }
      : { key, seconds, outcome: result.right },
  )}\n`

const decodeLine = (line: string): E.Either<unknown, readonly [string, JobResult]> =>
  pipe(
    parseJson(line, 'no JSON'),
    E.flatMap((json): E.Either<unknown, readonly [string, JobResult]> =>
      pipe(
        ended.decode(json),
        E.map(({ key, outcome }) => [key, E.right(outcome)] as const),
        E.alt(() =>
          pipe(
            failed.decode(json),
            E.map(({ key, fault }) => [key, E.left(fault)] as const),
          ),
        ),
      ),
    ),
  )

/** The results of a file, and how many of its lines are damaged; the runs of those are unknown. */
export const decodeResults = (
  lines: Iterable<string>,
): { readonly results: Results; readonly damaged: number } => {
  const results = new Map<string, JobResult>()
  let damaged = 0
  for (const line of lines) {
    if (line === '') continue
    const decoded = decodeLine(line)
    if (E.isLeft(decoded)) damaged += 1
    else results.set(...decoded.right)
  }
  return { results, damaged }
}

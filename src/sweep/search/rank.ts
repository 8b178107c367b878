/** Trials by how well their runs went. */
import * as E from 'fp-ts/lib/Either.js'
import { mean } from '../../rl/meanStd.ts'
import type { JobResult } from '../result.ts'
import type { Trial } from './trial.ts'

/** A trial after a round. */
export interface Ranked {
  readonly trial: Trial
  /** mean over the runs of the return in the evaluation; −∞ if a fault ended one of them */
  readonly score: number
  /** mean over the runs of the return at the end of training; −∞ where there is none */
  readonly training: number
}

/** What the runs of a trial give. A setting that fails on one seed cannot be trusted on the next. */
export const rankedOf = (trial: Trial, results: readonly JobResult[]): Ranked => ({
  trial,
  score: mean(results.map((result) => (E.isLeft(result) ? -Infinity : result.right.score))),
  training: mean(
    results.map((result) => (E.isLeft(result) ? -Infinity : (result.right.training ?? -Infinity))),
  ),
})

/** Infinite values are equal to themselves, so their difference must not be asked for. */
const descending = (a: number, b: number): number => (a === b ? 0 : a < b ? 1 : -1)

/**
 * The best first: by their scores, equal ones by the return at the end of training, and equal ones by
 * their indices, so that the order never depends on when runs ended.
 */
export const ranking = (trials: readonly Ranked[]): readonly Ranked[] =>
  trials.toSorted(
    (a, b) =>
      descending(a.score, b.score) ||
      descending(a.training, b.training) ||
      a.trial.index - b.trial.index,
  )

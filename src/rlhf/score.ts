import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../tensor/shown.ts'
import { decode, type Sequence } from './encode.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * Rates a response: maps its tokens, without EOS, to a finite number. It can be a reward model, a rule, or
 * any function of your own.
 */
export type Score = (tokens: Sequence) => number

/** A response that a score failed on. */
export interface ScoreError {
  readonly kind: 'score'
  /** its place among the responses */
  readonly row: number
  readonly problem: string
}

/**
 * The scores of responses.
 *
 * @returns Left of the first response for which the score throws, or is not a finite number
 */
export const scoreAll = (
  vocabulary: Vocabulary,
  score: Score,
  responses: readonly Sequence[],
): E.Either<ScoreError, readonly number[]> => {
  const write = decode(vocabulary)
  const scores: number[] = []
  for (const [row, tokens] of responses.entries()) {
    const failed = (got: string) =>
      E.left<ScoreError>({
        kind: 'score',
        row,
        problem: `score[${row}]: expected a finite number for ${JSON.stringify(write(tokens))}, got ${got}`,
      })
    try {
      const given: unknown = score(tokens)
      if (typeof given !== 'number' || !Number.isFinite(given))
        return failed(given instanceof Promise ? 'a promise' : shown(given))
      scores.push(given)
    } catch (error) {
      return failed(`an error: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return E.right(scores)
}

/** The mean and the standard deviation (of a sample: ddof 1) of scores. */
export interface Scale {
  readonly mean: number
  readonly deviation: number
}

/**
 * The mean and the standard deviation of scores, by which they are standardised.
 *
 * @throws RangeError unless there are at least two scores, and they differ by more than rounding
 */
export const scaleOf = (scores: readonly number[]): Scale => {
  if (scores.length < 2) throw new RangeError(`scores: expected at least two, got ${scores.length}`)
  const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length
  const squares = scores.reduce((sum, x) => sum + (x - mean) * (x - mean), 0)
  const deviation = Math.sqrt(squares / (scores.length - 1))
  // The mean of equal numbers is rounded, and so differs from them.
  if (!(deviation > 1e-12 * Math.abs(mean) && Number.isFinite(deviation)))
    throw new RangeError(
      `scores: expected finite numbers that differ, got ${Number.isFinite(deviation) ? `${scores[0]} for all` : `a standard deviation of ${deviation}`}`,
    )
  return { mean, deviation }
}

/** Standardises a score, any finite number: (score − mean) / deviation. */
export const standardised =
  ({ mean, deviation }: Scale) =>
  (score: number): number =>
    (score - mean) / deviation

/**
 * A hidden preference to test with: the mean log-probability of a sequence's tokens and EOS under an
 * n-gram model, less `perToken` for each token that it is longer or shorter than `length`.
 */
export const typicalOf =
  (
    logProbs: (tokens: Sequence) => readonly number[],
    { length, perToken }: { readonly length: number; readonly perToken: number },
  ): Score =>
  (tokens) => {
    const each = logProbs(tokens)
    const mean = each.reduce((sum, x) => sum + x, 0) / each.length
    return mean - perToken * Math.abs(tokens.length - length)
  }

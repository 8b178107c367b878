import { f64 } from '../math/real.ts'
import { expectCount } from '../tensor/argument.ts'
import { pairsOf, type Comparison } from './comparison.ts'
import type { Sequence } from './encode.ts'

/** Scores of many responses at once, such as `rewardScores` with its parameters. */
type Scores = (responses: readonly Sequence[]) => readonly number[]

/**
 * The margins r_w − r_l between the rewards of the better and the worse response, for every pair of
 * the comparisons.
 */
export const margins = (scores: Scores, comparisons: readonly Comparison[]): readonly number[] => {
  const pairs = comparisons.flatMap(pairsOf)
  const better = scores(pairs.map(([winner]) => winner))
  const worse = scores(pairs.map(([, loser]) => loser))
  return better.map((score, i) => score - worse[i]!)
}

/** The share of margins above 0, where margins of 0 count half. It is NaN without margins. */
export const accuracy = (of: readonly number[]): number =>
  of.reduce((sum, margin) => sum + (margin > 0 ? 1 : margin === 0 ? 0.5 : 0), 0) / of.length

/** Pairs whose predicted probabilities lie in one bin. */
export interface CalibrationBin {
  /** mean of the probability that was predicted for the response that scores higher */
  readonly predicted: number
  /** how often that one was preferred; a tie counts half */
  readonly observed: number
  readonly count: number
}

/**
 * How often the response that scores higher was preferred, beside the probability σ(|r₁ − r₂|) that
 * was predicted, in `bins` equal parts of [½, 1]; parts without pairs are left out.
 *
 * @throws RangeError unless `bins` is a whole number >= 1
 */
export const calibration = (of: readonly number[], bins = 5): readonly CalibrationBin[] => {
  expectCount('bins', bins)
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, count: 0 }))
  for (const margin of of) {
    const p = 1 / (1 + f64.exp(-Math.abs(margin)))
    const bin = sums[Math.min(bins - 1, Math.floor((p - 0.5) * 2 * bins))]!
    bin.predicted += p
    bin.observed += accuracy([margin])
    bin.count++
  }
  return sums
    .filter(({ count }) => count > 0)
    .map(({ predicted, observed, count }) => ({
      predicted: predicted / count,
      observed: observed / count,
      count,
    }))
}

/**
 * The standard deviation (ddof 0) of the scores that the members of an ensemble give each response:
 * how far they disagree.
 *
 * @param members [member][response]
 * @throws RangeError when there are none, or they scored different numbers of responses
 */
export const disagreement = (members: ReadonlyArray<readonly number[]>): readonly number[] => {
  const [first, ...rest] = members
  if (first === undefined) throw new RangeError('members: expected at least one, got none')
  rest.forEach(({ length }, i) => {
    if (length !== first.length)
      throw new RangeError(`members[${i + 1}]: expected ${first.length} scores, got ${length}`)
  })
  return first.map((_, i) => {
    const mean = members.reduce((sum, scores) => sum + scores[i]!, 0) / members.length
    const squares = members.reduce(
      (sum, scores) => sum + (scores[i]! - mean) * (scores[i]! - mean),
      0,
    )
    return Math.sqrt(squares / members.length)
  })
}

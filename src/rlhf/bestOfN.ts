import * as E from 'fp-ts/lib/Either.js'
import { f64 } from '../math/real.ts'
import { notFinite } from '../tensor/check.ts'
import type { Sequence } from './encode.ts'
import { scoreAll, type Score, type ScoreError } from './score.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A response that was picked, and its score. */
export interface Picked {
  readonly response: Sequence
  readonly score: number
}

const expectN = (n: number, most: number): void => {
  if (!(Number.isInteger(n) && n >= 1 && n <= most))
    throw new RangeError(`n: expected a whole number from 1 to ${most}, got ${n}`)
}

/**
 * Best-of-n sampling: from each n responses, the one with the highest score; the first one in a tie. Generate
 * n times as many responses as you want; an incomplete last group is left out.
 *
 * @returns Left of the first response for which the score throws, or is not a finite number
 * @throws RangeError unless n is a whole number from 1 to the number of responses
 */
export const bestOfN = (
  n: number,
  vocabulary: Vocabulary,
  score: Score,
  responses: readonly Sequence[],
): E.Either<ScoreError, readonly Picked[]> => {
  expectN(n, responses.length)
  const scores = scoreAll(vocabulary, score, responses)
  if (E.isLeft(scores)) return scores
  const picked = Array.from({ length: Math.floor(responses.length / n) }, (_, group) => {
    let best = group * n
    for (let i = best + 1; i < (group + 1) * n; i++)
      if (scores.right[i]! > scores.right[best]!) best = i
    return { response: responses[best]!, score: scores.right[best]! }
  })
  return E.right(picked)
}

/** The result of best-of-n sampling, for one n. */
export interface BestOfNPoint {
  readonly n: number
  /** KL(best-of-n ‖ ρ) = log n − (n − 1)/n in nats, where no two responses score alike; at most that otherwise */
  readonly kl: number
  /** E[proxy of the best of n] */
  readonly proxy: number
  /** E[gold of the best of n by the proxy] */
  readonly gold: number
}

/**
 * Estimates the result of best-of-n sampling for every n from one sample of N responses: with the responses
 * sorted by the proxy, the best of n of them drawn without replacement is number i with probability C(i − 1,
 * n − 1) / C(N, n), so
 *
 *     E[gold | n] = Σᵢ C(i − 1, n − 1) / C(N, n) · gold₍ᵢ₎
 *
 * is unbiased for every n <= N. Responses of equal proxy share their gold. Nakano et al. 2021,
 * arXiv:2112.09332, appendix I; Gao et al. 2022, arXiv:2210.10760, for the KL.
 *
 * @param proxy the score that picks, of each response
 * @param gold the score that counts, of each response
 * @throws RangeError when lengths differ, a score is not finite, or an n is not a whole number from 1 to N
 */
export const bestOfNCurve = (
  proxy: readonly number[],
  gold: readonly number[],
  ns: readonly number[],
): readonly BestOfNPoint[] => {
  const all = proxy.length
  if (gold.length !== all) throw new RangeError(`gold: expected ${all} scores, got ${gold.length}`)
  for (const [name, scores] of [
    ['proxy', proxy],
    ['gold', gold],
  ] as const)
    scores.forEach((x, i) => {
      if (!Number.isFinite(x)) throw notFinite(name, ['response'], [all], i, x)
    })
  const order = proxy.map((_, i) => i).toSorted((a, b) => proxy[a]! - proxy[b]!)
  const shared = order.map((i) => gold[i]!)
  for (let from = 0, to = 0; from < all; from = to) {
    let sum = 0
    for (to = from; to < all && proxy[order[to]!] === proxy[order[from]!]; to++) sum += shared[to]!
    shared.fill(sum / (to - from), from, to)
  }
  return ns.map((n) => {
    expectN(n, all)
    let [ofProxy, ofGold] = [0, 0]
    // C(N − 1, n − 1) / C(N, n) = n / N, and C(i − 2, n − 1) / C(i − 1, n − 1) = (i − n) / (i − 1).
    for (let i = all, share = n / all; i >= n; share *= (i - n) / (i - 1), i--) {
      ofProxy += share * proxy[order[i - 1]!]!
      ofGold += share * shared[i - 1]!
    }
    return { n, kl: f64.log(n) - (n - 1) / n, proxy: ofProxy, gold: ofGold }
  })
}

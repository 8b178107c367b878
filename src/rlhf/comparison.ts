import { f64 } from '../math/real.ts'
import { foldIn, type Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import { expectAtLeast } from '../tensor/argument.ts'
import type { Sequence } from './encode.ts'

/** Two or more different responses, the best first. */
export interface Comparison {
  readonly ranked: readonly Sequence[]
}

/** The pairs of a comparison, K (K − 1) / 2 of K responses: the better and the worse. */
export const pairsOf = ({
  ranked,
}: Comparison): ReadonlyArray<readonly [winner: Sequence, loser: Sequence]> =>
  ranked.flatMap((winner, i) => ranked.slice(i + 1).map((loser) => [winner, loser] as const))

/** Whether two sequences are equal. */
export const isSame = (a: Sequence, b: Sequence): boolean =>
  a.length === b.length && a.every((token, i) => token === b[i])

/** A name for a set of responses: it does not depend on their order. */
export const setName = (responses: readonly Sequence[]): string =>
  responses
    .map((response) => response.join())
    .toSorted()
    .join(';')

/**
 * Splits responses into groups of K to be ranked, in order. Empty responses are left out, and a response that
 * its group already contains goes into the next group.
 *
 * @throws RangeError unless `size` is a whole number >= 2
 */
export const groupsOf = (
  size: number,
  responses: readonly Sequence[],
): ReadonlyArray<readonly Sequence[]> => {
  if (!(Number.isInteger(size) && size >= 2))
    throw new RangeError(`size: expected a whole number >= 2, got ${size}`)
  const groups: Sequence[][] = []
  const open: Sequence[][] = []
  for (const response of responses) {
    if (response.length === 0) continue
    let group = open.find((one) => !one.some((member) => isSame(member, response)))
    if (group === undefined) open.push((group = []))
    group.push(response)
    if (group.length === size) groups.push(...open.splice(open.indexOf(group), 1))
  }
  return groups
}

/**
 * Ranks each group by scores with the noise of Bradley and Terry (1952), and of Luce and Plackett
 * beyond pairs: the best is i with probability exp(sᵢ/σ) / Σⱼ exp(sⱼ/σ), and so on among the rest. For
 * that, each score gets σ times a Gumbel number; pairs come out as P(i ≻ j) = 1 / (1 + exp((sⱼ − sᵢ)/σ)).
 *
 * @param noise σ in units of the score; 0 ranks by the score alone, and keeps the order of equal scores
 * @throws RangeError where a score is not finite, or the noise is negative
 */
export const rankByScore = (
  score: (tokens: Sequence) => number,
  noise: number,
  key: Key,
  groups: ReadonlyArray<readonly Sequence[]>,
): readonly Comparison[] => {
  expectAtLeast('noise', noise, 0)
  return groups.map((group, row) => {
    const own = foldIn(key, row)
    const seen = group.map((response, i) => {
      const s = score(response)
      if (!Number.isFinite(s))
        throw new RangeError(
          `score[group=${row}, response=${i}]: expected a finite number, got ${s}`,
        )
      // 1 − u is in (0, 1].
      const gumbel = noise === 0 ? 0 : -f64.log(-f64.log1p(-uniformAt(own, i)))
      return { response, at: s + noise * gumbel }
    })
    return { ranked: seen.toSorted((a, b) => b.at - a.at).map(({ response }) => response) }
  })
}

/** Which settings of a search mattered. */
import { settings as fieldsOf } from '../../algo/settings.ts'
import { mean } from '../../rl/meanStd.ts'
import type { Ranked } from './rank.ts'
import type { Dimension } from './space.ts'

/** What a setting did to the trials of a round. */
export interface Importance {
  readonly path: string
  /** share of the variance of the trials' ranks that the setting explains alone, from 0 to 1 */
  readonly share: number
  /** the values, in groups, from the best group to the worst */
  readonly groups: ReadonlyArray<{
    /** a value, or the least and the largest of a range */
    readonly values: string
    readonly trials: number
    /** mean rank from 0 (worst) to 1 (best) */
    readonly rank: number
  }>
}

/** Values that are drawn from a range fall into so many groups of equal size. */
const GROUPS = 4

/** Mid-ranks from 0 (worst) to n − 1 (best): equal scores have the mean of their ranks. */
const ranksOf = (trials: readonly Ranked[]): ReadonlyMap<Ranked, number> => {
  const score = ({ score }: Ranked): number => score
  return new Map(
    trials.map((trial) => {
      const below = trials.filter((other) => score(other) < score(trial)).length
      const equal = trials.filter((other) => score(other) === score(trial)).length
      return [trial, below + (equal - 1) / 2]
    }),
  )
}

/** A name without its quotes. */
export const plain = (value: string): string => value.replace(/^"(.*)"$/, '$1')

const textOf = ({ trial }: Ranked, path: string): string =>
  plain(new Map(fieldsOf(trial.settings)).get(path) ?? 'null')

interface Group {
  readonly values: string
  readonly trials: readonly Ranked[]
}

const byValue = (trials: readonly Ranked[], path: string): readonly Group[] =>
  [...new Set(trials.map((trial) => textOf(trial, path)))].map((values) => ({
    values,
    trials: trials.filter((trial) => textOf(trial, path) === values),
  }))

const byRange = (trials: readonly Ranked[], path: string): readonly Group[] => {
  const sorted = trials.toSorted((a, b) => Number(textOf(a, path)) - Number(textOf(b, path)))
  return Array.from({ length: GROUPS }, (_, i) => {
    const part = sorted.slice(
      Math.floor((i * sorted.length) / GROUPS),
      Math.floor(((i + 1) * sorted.length) / GROUPS),
    )
    return {
      values: part.length === 0 ? '' : `${textOf(part[0]!, path)} … ${textOf(part.at(-1)!, path)}`,
      trials: part,
    }
  }).filter(({ trials }) => trials.length > 0)
}

/**
 * How much of the trials' order each setting explains alone. With the trials' ranks grouped by the
 * setting's values (or by quarters of its range) the share is η²_H = (H − k + 1) / (n − k), of the
 * Kruskal-Wallis H for k groups of n trials; 0 where that is negative. It is about 0 for a setting
 * without effect and 1 for one that decides everything. It says nothing about settings that matter
 * only together. Ranks make it independent of the scale of returns, and of how badly trials fail.
 *
 * Tomczak and Tomczak 2014, "The need to report effect size estimates revisited", for η²_H.
 *
 * @param trials of one round, so that all of them learned for as many steps
 */
export const importances = (
  trials: readonly Ranked[],
  space: readonly Dimension[],
): readonly Importance[] => {
  const ranks = ranksOf(trials)
  const n = trials.length
  const rank = (some: readonly Ranked[]): number => mean(some.map((trial) => ranks.get(trial)!))
  const centre = (n - 1) / 2
  const total = [...ranks.values()].reduce((sum, r) => sum + (r - centre) * (r - centre), 0)
  return space
    .map(({ path, kind }): Importance => {
      const groups = kind === 'choice' ? byValue(trials, path) : byRange(trials, path)
      const between = groups.reduce(
        (sum, { trials: some }) =>
          sum + some.length * (rank(some) - centre) * (rank(some) - centre),
        0,
      )
      // H of ranks with ties: (n − 1) times the share of the squares that lies between groups.
      const h = total === 0 ? 0 : ((n - 1) * between) / total
      const free = n - groups.length
      return {
        path,
        share: free <= 0 ? 0 : Math.max(0, (h - groups.length + 1) / free),
        groups: groups
          .map(({ values, trials: some }) => ({
            values,
            trials: some.length,
            rank: n === 1 ? 0 : rank(some) / (n - 1),
          }))
          .toSorted((a, b) => b.rank - a.rank),
      }
    })
    .toSorted((a, b) => b.share - a.share)
}

/** What a search found. */
import type { Settings } from '../../algo/algorithm.ts'
import { settings as fieldsOf } from '../../algo/settings.ts'
import { csvLines } from '../../format/csv.ts'
import { figure, markdown, type Table } from '../table.ts'
import { importances, plain, type Importance } from './importance.ts'
import type { Round } from './halving.ts'
import type { Ranked } from './rank.ts'
import type { Dimension } from './space.ts'

/** A round that has ended: its trials, the best first. */
export interface EndedRound {
  readonly round: Round
  readonly ranked: readonly Ranked[]
}

/** Everything that a search has found. */
export interface SearchSummary {
  readonly start: Settings
  readonly rounds: readonly EndedRound[]
  /** the best of the last round */
  readonly best: Ranked
  readonly importances: readonly Importance[]
}

/** So many of the best trials are shown. */
const SHOWN = 10

/** @param rounds that have ended, one at least */
export const summariseSearch = (
  start: Settings,
  space: readonly Dimension[],
  rounds: readonly EndedRound[],
): SearchSummary => ({
  start,
  rounds,
  best: rounds.at(-1)!.ranked[0]!,
  // All trials learned in the first round, for as many steps.
  importances: importances(rounds[0]!.ranked, space),
})

/** Where settings differ from those that the search began with, as `gamma=0.98 envs=16`. */
const changesOf = (start: Settings, { trial }: Ranked): string => {
  const before = new Map(fieldsOf(start))
  const changes = fieldsOf(trial.settings).filter(([path, value]) => before.get(path) !== value)
  return changes.length === 0
    ? 'the preset itself'
    : changes.map(([path, value]) => `${path}=${plain(value)}`).join(' ')
}

/** Trials by the round that they reached, the best first. */
const allRanked = ({ rounds }: SearchSummary): ReadonlyArray<readonly [Ranked, number]> => {
  const last = new Map<number, readonly [Ranked, number]>()
  for (const [i, { ranked }] of [...rounds.entries()].toReversed())
    for (const each of ranked)
      if (!last.has(each.trial.index)) last.set(each.trial.index, [each, i + 1])
  return [...last.values()]
}

/** The best trials, and the preset that the search began with. */
export const trialTable = (summary: SearchSummary): Table => {
  const all = allRanked(summary)
  const shown = all.filter(([{ trial }], i) => i < SHOWN || trial.index === 0)
  return [
    ['trial', 'round', 'return', 'settings'],
    ...shown.map(([ranked, round]) => [
      String(ranked.trial.index),
      `${round} of ${summary.rounds.length}`,
      figure(ranked.score),
      changesOf(summary.start, ranked),
    ]),
  ]
}

/** What each setting explains, and where it is best and worst. */
export const importanceTable = ({ importances: all }: SearchSummary): Table => [
  ['setting', 'explains', 'best', 'worst'],
  ...all.map(({ path, share, groups }) => [
    path,
    `${(100 * share).toFixed(0)} %`,
    groups[0]?.values ?? '',
    groups.at(-1)?.values ?? '',
  ]),
]

/** How the tables are to be read. */
export const searchLegend = ({ rounds }: SearchSummary, episodes: number): string =>
  [
    ...rounds.map(
      ({ round: { trials, steps, seeds } }, i) =>
        `Round ${i + 1}: ${trials} ${trials === 1 ? 'trial' : 'trials'}, ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'} each, ${steps} steps.`,
    ),
    `A return is the mean of ${episodes} episodes of the most probable actions over the seeds of the last round that the trial reached. Trial 0 is the preset that the search started from. The best of many trials looks better than it is: compare it on other seeds with proximal sweep.`,
    `"explains" is the share of the variance of the trials' ranks in the first round that a setting explains by itself (η² of the Kruskal-Wallis H); settings that matter only together do not show.`,
  ].join('\n')

export const searchMarkdown = (summary: SearchSummary, episodes: number): string =>
  `${[
    markdown(trialTable(summary)),
    markdown(importanceTable(summary)),
    searchLegend(summary, episodes),
  ].join('\n\n')}\n`

/** A row for each trial in each round. */
export const trialsCsv = ({ rounds, start }: SearchSummary, space: readonly Dimension[]): string =>
  [
    ...csvLines(
      ['trial', 'round', 'steps', 'return', 'training', ...space.map(({ path }) => path)],
      rounds.flatMap(({ round, ranked }, i) =>
        ranked.map(({ trial, score, training }) => {
          const fields = new Map(fieldsOf({ ...start, ...trial.settings }))
          return [
            trial.index,
            i + 1,
            round.steps,
            score,
            training,
            ...space.map(({ path }) => plain(fields.get(path) ?? '')),
          ]
        }),
      ),
    ),
  ].join('')

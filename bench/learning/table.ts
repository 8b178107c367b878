/** What came out, as tables. */
import { rl } from '../../src/index.ts'
import { median, shown, table } from '../speed/table.ts'
import { FIRST_REPORTED } from '../../src/sweep/protocol.ts'
import { INTERVAL, interval } from './interval.ts'
import type { Goal, Row } from './rows.ts'
import type { SeedRun } from './run.ts'

/** A row of results: all seeds of an environment by a preset. */
export interface Result {
  readonly row: Row
  /** SHA-256 of what is reported, from which the seeds follow */
  readonly hash: string
  readonly runs: readonly SeedRun[]
  /** number of seeds of the row, of which `runs` may be the first few */
  readonly planned: number
}

const returns = ({ evaluation }: SeedRun): readonly number[] => evaluation.map((e) => e.return)

const final = (run: SeedRun): number => rl.mean(returns(run))

/** The share of evaluated episodes that were as long as they can be. */
const alive = ({ evaluation }: Pick<SeedRun, 'evaluation'>, length: number): number =>
  evaluation.filter((episode) => episode.length >= length).length / evaluation.length

const reaches = (goal: Goal, run: SeedRun): boolean => {
  if (goal.of === 'return') return final(run) >= goal.least
  if (goal.of === 'alive') return alive(run, goal.length) >= goal.least
  const { success } = run
  return success !== null && success.reached >= success.best - goal.within
}

/** The share alive that a best policy should reach. */
const BEST_ALIVE = 0.99

const percent = (share: number): string => `${shown(100 * share, 1)} %`

/** Of the last policy and of the best one that was kept. */
const aliveOf = (run: SeedRun, length: number): string => {
  const last = percent(alive(run, length))
  return run.best === null
    ? last
    : `${last}, best ${percent(alive(run.best, length))} after ${shown(run.best.steps, 0)}`
}

/** With the minus of print; – where there is none. */
const number = (x: number, digits = Math.abs(x) < 1 ? 3 : 1): string =>
  Number.isNaN(x) ? '–' : shown(x, digits).replace('-', '−')

/** A line a seed. */
export const seedsOf = ({ row: { title, goal, preset }, runs }: Result): string =>
  table([
    [`${title}, preset ${preset}, ${shown(runs[0]!.steps, 0)} steps`],
    [
      '',
      `mean of ${runs[0]!.evaluation.length}`,
      'min',
      'max',
      ...(goal.of === 'return' ? [] : [goal.of]),
      'last 100 training episodes',
      's',
    ],
    ...runs.map((run) => [
      `seed ${run.seed}`,
      number(final(run)),
      number(Math.min(...returns(run))),
      number(Math.max(...returns(run))),
      ...(goal.of === 'alive' ? [aliveOf(run, goal.length)] : []),
      ...(goal.of === 'success' ? [percent(run.success?.reached ?? NaN)] : []),
      number(run.training),
      shown(run.seconds, 1),
    ]),
  ])

const goalText = (goal: Goal): string => {
  if (goal.of === 'return') return `≥ ${number(goal.least, 0)}`
  if (goal.of === 'alive')
    return `≥ ${percent(goal.least)} alive after ${shown(goal.length, 0)} frames`
  return `within ${percent(goal.within)} of the best`
}

/** k of n, and the interval of the share. */
const share = (k: number, n: number): string => {
  const [low, high] = rl.wilson(k, n)
  return `${k} of ${n} (${shown(100 * low, 0)} … ${percent(high)})`
}

/** How well the best saved policies do; empty if none was saved. */
const bestText = (goal: Goal, runs: readonly SeedRun[]): string => {
  const shares = runs.flatMap(({ best }) =>
    goal.of === 'alive' && best !== null ? [alive(best, goal.length)] : [],
  )
  if (shares.length === 0) return ''
  const good = shares.filter((each) => each >= BEST_ALIVE).length
  return `${good} of ${shares.length} ≥ ${percent(BEST_ALIVE)}, worst ${percent(Math.min(...shares))}`
}

const cells = ({ row, hash, runs, planned }: Result): readonly string[] => {
  const { statistic, low, high } = interval(runs.map(final), rl.interquartileMean)
  const worst = runs.reduce((a, b) => (final(b) < final(a) ? b : a))
  const reached = runs.flatMap((run) => run.reached ?? [])
  const atEnd = runs.filter(({ training }) => training >= row.threshold).length
  return [
    row.title,
    shown(runs[0]!.steps, 0),
    goalText(row.goal),
    `${share(runs.filter((run) => reaches(row.goal, run)).length, runs.length)}${runs.length < planned ? `, the first of ${planned}` : ''}`,
    `${number(statistic)} (${number(low)} … ${number(high)})`,
    number(rl.mean(runs.map(final))),
    `${number(final(worst))} (${worst.seed})`,
    `${atEnd} of ${runs.length} ≥ ${number(row.threshold, row.threshold < 1 && row.threshold > 0 ? 1 : 0)}`,
    bestText(row.goal, runs),
    2 * reached.length > runs.length ? shown(median(reached), 0) : '–',
    shown(rl.mean(runs.map(({ seconds }) => seconds)), 1),
    row.published,
    `\`${hash.slice(0, 8)}\``,
  ]
}

const HEAD = [
  'environment',
  'steps',
  'goal',
  'seeds that reach it',
  'IQM',
  'mean',
  'worst (seed)',
  'last 100 training episodes',
  'best saved policy',
  'steps to threshold',
  's per seed',
  'published',
  'row',
]

/** The table in Markdown, one line per environment. */
export const markdown = (results: readonly Result[]): string => {
  const text = (line: readonly string[]): string => `| ${line.join(' | ')} |`
  return [text(HEAD), text(HEAD.map(() => '---')), ...results.map((r) => text(cells(r)))].join('\n')
}

/** How to read the table. */
export const legend = ({ runs }: Result, date: string): string => {
  const isTuning = runs[0]!.seed < FIRST_REPORTED
  const seeds = isTuning
    ? 'Tuning seeds: not for reporting.'
    : 'Seeds are derived from the SHA-256 of the row.'
  return `Measured on ${date}. ${seeds} Returns are those of the most probable actions after training: the mean of
${runs[0]!.evaluation.length} episodes per seed. Shares have Wilson's 95 % interval. IQM: interquartile mean of the seeds' means
(${INTERVAL}). Seconds are the training time of a seed, ${SIDE_BY_SIDE}.`
}

const SIDE_BY_SIDE = 'with one seed per core running at the same time'

/** What came out, as tables. */
import { rl } from '../../src/index.ts'
import { shown, table } from '../speed/table.ts'
import { INTERVAL, meanInterval } from './interval.ts'
import type { Goal, Row } from './rows.ts'
import type { Run } from './run.ts'

/** A row of results: all seeds of a world by a preset. */
export interface Result {
  readonly row: Row
  readonly preset: string
  readonly runs: readonly Run[]
}

const returns = ({ evaluation }: Run): readonly number[] => evaluation.map((e) => e.return)

const finals = (runs: readonly Run[]): readonly number[] => runs.map((run) => rl.mean(returns(run)))

/** The share of a run's evaluated episodes that were as long as they can be. */
const alive = ({ evaluation }: Run, length: number): number =>
  evaluation.filter((episode) => episode.length >= length).length / evaluation.length

const reaches = (goal: Goal, run: Run): boolean =>
  goal.of === 'return' ? rl.mean(returns(run)) >= goal.least : alive(run, goal.length) >= goal.least

const percent = (share: number): string => `${shown(100 * share, 1)} %`

/** With the minus of print; – where there is none. */
const number = (x: number, digits = 1): string =>
  Number.isNaN(x) ? '–' : shown(x, digits).replace('-', '−')

/** A line a seed. */
export const seedsOf = ({ row: { title, goal }, preset, runs }: Result): string =>
  table([
    [`${title}, preset ${preset}, ${shown(runs[0]!.steps, 0)} steps`],
    [
      '',
      `mean of ${runs[0]!.evaluation.length}`,
      'IQM',
      'min',
      'max',
      ...(goal.of === 'alive' ? ['alive'] : []),
      'last 100 of training',
      's',
    ],
    ...runs.map((run) => [
      `seed ${run.seed}`,
      number(rl.mean(returns(run))),
      number(rl.interquartileMean(returns(run))),
      number(Math.min(...returns(run))),
      number(Math.max(...returns(run))),
      ...(goal.of === 'alive' ? [percent(alive(run, goal.length))] : []),
      number(run.training),
      shown(run.seconds, 1),
    ]),
  ])

const goalText = ({ goal, within }: Row): string =>
  `${goal.of === 'return' ? `≥ ${number(goal.least, 0)}` : `≥ ${percent(goal.least)} alive at ${shown(goal.length, 0)}`} in ${shown(within, 0)}`

const cells = ({ row, preset, runs }: Result): readonly string[] => {
  const all = finals(runs)
  const { mean, low, high } = meanInterval(all)
  const training = rl.meanStd(runs.map((run) => run.training))
  const { goal } = row
  const lives =
    goal.of === 'alive' ? percent(rl.mean(runs.map((run) => alive(run, goal.length)))) : ''
  return [
    row.title,
    `\`${preset}\``,
    shown(runs[0]!.steps, 0),
    `${number(mean)} (${number(low)} … ${number(high)})`,
    number(rl.interquartileMean(all)),
    `${number(Math.min(...all))} … ${number(Math.max(...all))}`,
    lives,
    goalText(row),
    `${runs.filter((run) => reaches(goal, run)).length} of ${runs.length}`,
    `${number(training.mean)} ± ${number(training.std)}`,
    shown(rl.mean(runs.map(({ seconds }) => seconds)), 0),
    row.publishedBy?.[preset] ?? row.published,
  ]
}

const HEAD = [
  'world',
  'preset',
  'steps',
  'return (95 % interval)',
  'IQM',
  'min … max',
  'alive',
  'goal',
  'seeds that reach it',
  'last 100 of training',
  's a seed',
  'published',
]

/** A line a world, in Markdown; no column that is empty in all. */
export const markdown = (results: readonly Result[]): string => {
  const lines = results.map(cells)
  const kept = HEAD.map((_, column) => lines.some((line) => line[column] !== ''))
  const text = (line: readonly string[]): string =>
    `| ${line.filter((_, column) => kept[column] === true).join(' | ')} |`
  return [text(HEAD), text(HEAD.map(() => '---')), ...lines.map(text)].join('\n')
}

/** How the table is to be read. */
export const legend = ({ runs }: Result): string => {
  const seeds = runs.map(({ seed }) => seed)
  return [
    `Seeds ${Math.min(...seeds)} to ${Math.max(...seeds)}. Return of the most probable actions after training, mean of ${runs[0]!.evaluation.length} episodes a seed;`,
    `mean over seeds (${INTERVAL}), IQM and min … max of the seeds' means.`,
    'Last 100 of training: mean return of the last 100 episodes that were learned from, mean ± standard deviation over seeds.',
  ].join('\n')
}

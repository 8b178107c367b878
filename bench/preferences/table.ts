/** What came out, as a table. */
import { rl } from '../../src/index.ts'
import { shown } from '../speed/table.ts'
import type { Measured, PreferenceRun } from './run.ts'
import type { Target, Task } from './tasks.ts'

/** All seeds of a task that have ended. */
export interface Result {
  readonly task: Pick<Task<never>, 'name' | 'title' | 'target' | 'measure' | 'preferences'>
  /** SHA-256 of what is reported, from which the seeds follow */
  readonly hash: string
  readonly runs: readonly PreferenceRun[]
  readonly planned: number
}

const number = (x: number): string =>
  shown(x, Math.abs(x) >= 100 ? 0 : Math.abs(x) >= 20 ? 1 : 2).replace('-', '−')

const percent = (share: number): string => `${shown(100 * share, 0)} %`

const meansOf = (all: readonly Measured[]): readonly number[] => all.map(({ mean }) => mean)

/** What a seed is judged by: the mean, or how much larger it is than before. */
const judged = (target: Target, { learned, before }: PreferenceRun): number =>
  target.kind === 'gain' ? learned.mean - before.mean : learned.mean

/** Whether the seeds reach the target. */
export const reaches = (target: Target, runs: readonly PreferenceRun[]): boolean => {
  const all = runs.map((run) => judged(target, run))
  if (target.kind === 'seeds') return all.filter((x) => x >= target.least).length >= target.seeds
  if (target.kind === 'gain') return rl.mean(all) >= target.least
  return rl.mean(all) >= target.mean && (target.worst ?? -Infinity) <= Math.min(...all)
}

const targetText = (target: Target): string => {
  if (target.kind === 'seeds') return `≥ ${number(target.least)} on ${target.seeds} of 5`
  if (target.kind === 'gain') return `mean ≥ ${number(target.least)} more than before`
  const worst = target.worst === null ? '' : `, worst ≥ ${number(target.worst)}`
  return `mean ≥ ${number(target.mean)}${worst}`
}

/** The mean over seeds, and how many episodes terminate where some do. */
const cell = (all: readonly Measured[]): string => {
  const crashes = rl.mean(all.map(({ terminated }) => terminated))
  return `${number(rl.mean(meansOf(all)))}${crashes > 0 ? `, ${percent(crashes)} end early` : ''}`
}

const cells = ({ task, hash, runs, planned }: Result): readonly string[] => {
  const { target, measure } = task
  const all = runs.map((run) => judged(target, run))
  const worst = runs[all.indexOf(Math.min(...all))]!
  const rewarded = runs.flatMap((run) => run.rewarded ?? [])
  const control = runs.flatMap((run) => run.control ?? [])
  const count = runs.length < planned ? `, the first ${runs.length} of ${planned} seeds` : ''
  return [
    task.title,
    `${task.preferences.labels}, ${shown(runs[0]!.steps, 0)}`,
    measure.unit,
    targetText(target),
    `${cell(runs.map(({ learned }) => learned))}${count}`,
    `${number(worst.learned.mean)} (${worst.seed})`,
    reaches(target, runs) ? 'yes' : 'no',
    cell(runs.map(({ before }) => before)),
    control.length > 0 ? cell(control) : rewarded.length > 0 ? '' : 'as above',
    rewarded.length === 0 ? '' : cell(rewarded),
    percent(rl.mean(runs.map(({ foreseen }) => foreseen))),
    shown(rl.mean(runs.map(({ seconds }) => seconds)), 0),
    `\`${hash.slice(0, 8)}\``,
  ]
}

const HEAD = [
  'task',
  'labels, steps',
  'measure',
  'target',
  'mean',
  'worst (seed)',
  'reached',
  'before',
  'no labels',
  'by reward',
  'foreseen',
  's a seed',
  'row',
]

/** A line a task, in Markdown. */
export const markdown = (results: readonly Result[]): string => {
  const text = (line: readonly string[]): string =>
    `| ${line.map((each) => each.replaceAll('|', '\\|')).join(' | ')} |`
  return [text(HEAD), text(HEAD.map(() => '---')), ...results.map((r) => text(cells(r)))].join('\n')
}

/** A line a seed. */
export const seedsOf = ({ task, runs }: Result): string =>
  [
    task.title,
    ...runs.map(({ seed, before, learned, control, rewarded }) =>
      [
        `  seed ${seed}: before ${cell([before])}`,
        `learned ${cell([learned])}`,
        ...(control === null ? [] : [`no labels ${cell([control])}`]),
        ...(rewarded === null ? [] : [`by reward ${cell([rewarded])}`]),
      ].join('; '),
    ),
  ].join('\n')

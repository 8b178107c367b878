/** What came out, as a table and as curves. */
import { rl } from '../../src/index.ts'
import { curve } from '../learning/curve.ts'
import { INTERVAL, meanInterval } from '../learning/interval.ts'
import { linePlot, sideBySide, type Series } from '../plot.ts'
import { shown, table } from '../speed/table.ts'
import { tasks, type TaskName } from './tasks.ts'
import { EPISODES, type Outcome } from './train.ts'

const byContestant = (outcomes: readonly Outcome[]): ReadonlyMap<string, readonly Outcome[]> => {
  const grouped = new Map<string, Outcome[]>()
  for (const outcome of outcomes)
    grouped.set(outcome.contestant, [...(grouped.get(outcome.contestant) ?? []), outcome])
  return grouped
}

const row = (name: string, outcomes: readonly Outcome[], solved: number): readonly string[] => {
  const finals = outcomes.map(({ evaluation }) => rl.mean(evaluation))
  const { mean, low, high } = meanInterval(finals)
  const kls = outcomes.flatMap(({ largestKl }) => (largestKl === null ? [] : [largestKl]))
  return [
    name,
    shown(mean, 1),
    `${shown(low, 1)} … ${shown(high, 1)}`,
    `${shown(Math.min(...finals), 1)} … ${shown(Math.max(...finals), 1)}`,
    `${finals.filter((x) => x >= solved).length} of ${finals.length}`,
    shown(outcomes[0]!.steps, 0),
    shown(rl.mean(outcomes.map(({ seconds }) => seconds)), 1),
    kls.length === 0 ? '' : shown(Math.max(...kls), 4),
  ]
}

/** A task's table: a line for each contestant. */
export const tableOf = (task: TaskName, outcomes: readonly Outcome[]): string => {
  const grouped = byContestant(outcomes)
  const { title, solved, because } = tasks[task]
  const seeds = [...grouped.values()][0]!.map(({ seed }) => seed)
  return table([
    [`${title}: return of the final deterministic policy, mean of ${EPISODES} episodes`],
    [
      `seeds ${Math.min(...seeds)} to ${Math.max(...seeds)}; ${INTERVAL}; solved: >= ${solved} (${because})`,
    ],
    ['', 'mean', '95 % interval', 'min … max', 'solved', 'steps', 's a seed', 'largest KL ÷ δ'],
    ...[...grouped].map(([name, of]) => row(name, of, solved)),
  ])
}

/** Who is in both has the same colour in both. */
const PANELS = [
  { what: 'the family', holds: ['ppo-clip', 'ppo-kl-adaptive', 'trpo', 'a2c', 'vpg'] },
  {
    what: "PPO's objectives",
    holds: ['ppo-clip', 'ppo-kl-adaptive', 'ppo-kl-fixed', 'ppo-ratio', 'ppo-clip-alone'],
  },
] as const

/** A task's learning curves as SVG: the family, and beside it the objectives of PPO. */
export const curvesOf = (task: TaskName, outcomes: readonly Outcome[]): string => {
  const grouped = byContestant(outcomes)
  const series = new Map<string, Series>()
  for (const [name, of] of grouped) series.set(name, { name, points: curve(of) })
  const plots = PANELS.map(({ what, holds }) => ({
    title: `${tasks[task].title}: ${what}`,
    x: 'environment steps',
    y: 'return',
    series: holds.flatMap((name) => series.get(name) ?? []),
  }))
  return sideBySide(plots.filter((plot) => plot.series.length > 0).map(linePlot))
}

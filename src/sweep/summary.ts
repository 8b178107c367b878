/** What the results of a sweep amount to. */
import * as E from 'fp-ts/lib/Either.js'
import { key as randomKey } from '../random/key.ts'
import { bootstrap, type Interval } from '../rl/bootstrap.ts'
import { interquartileMean } from '../rl/interquartileMean.ts'
import { mean } from '../rl/meanStd.ts'
import {
  improvementInterval,
  probabilityOfImprovement,
  type Rivals,
} from '../rl/probabilityOfImprovement.ts'
import { jobsOfCell, type Cell, type Job, type Sweep } from './plan.ts'
import type { Outcome, Results } from './result.ts'

/** A run of a cell. */
export interface CellRun {
  readonly job: Job
  /** null: a fault ended it */
  readonly outcome: Outcome | null
  readonly fault: string | null
}

/** The runs of a cell that have ended, and their statistics. NaN where none has ended. */
export interface CellSummary {
  readonly cell: Cell
  readonly runs: readonly CellRun[]
  readonly failed: number
  /** of each run; −∞ for one that a fault ended, so that it is worse than any other */
  readonly scores: readonly number[]
  readonly iqm: number
  /** 95 % percentile bootstrap interval of `iqm` */
  readonly interval: Interval
  readonly mean: number
  /** null where no run has ended */
  readonly worst: { readonly seed: number; readonly score: number } | null
}

/** How probably a run of a variant scores more than a run of the first one. */
export interface Improvement {
  readonly variant: string
  readonly over: string
  /** environments that have runs of both */
  readonly environments: number
  readonly probability: number
  readonly interval: Interval
}

const scoreOf = ({ outcome }: CellRun): number => outcome?.score ?? -Infinity

/** The results are fixed, so the key of the resamples may be. */
const KEY = randomKey(0)

export const summariseCell = (cell: Cell, sweep: Sweep, results: Results): CellSummary => {
  const runs = jobsOfCell(cell, sweep).flatMap((job): CellRun | readonly [] => {
    const result = results.get(job.key)
    if (result === undefined) return []
    return E.isLeft(result)
      ? { job, outcome: null, fault: result.left }
      : { job, outcome: result.right, fault: null }
  })
  const scores = runs.map(scoreOf)
  const worst = runs.reduce<CellRun | null>(
    (least, run) => (least === null || scoreOf(run) < scoreOf(least) ? run : least),
    null,
  )
  return {
    cell,
    runs,
    failed: runs.filter(({ outcome }) => outcome === null).length,
    scores,
    iqm: scores.length === 0 ? NaN : interquartileMean(scores),
    interval: scores.length === 0 ? [NaN, NaN] : bootstrap(KEY, interquartileMean)(scores),
    mean: mean(scores),
    worst: worst === null ? null : { seed: worst.job.seed, score: scoreOf(worst) },
  }
}

const rivals = (cells: readonly CellSummary[], variant: string, over: string): readonly Rivals[] =>
  cells
    .filter(({ cell, scores }) => cell.variant === variant && scores.length > 0)
    .flatMap(({ cell, scores }) => {
      const other = cells.find((c) => c.cell.variant === over && c.cell.env.name === cell.env.name)
      return other === undefined || other.scores.length === 0 ? [] : { x: scores, y: other.scores }
    })

/** All variants, in the order in which they were asked for. */
export const variantsOf = ({ cells }: Pick<Sweep, 'cells'>): readonly string[] => [
  ...new Set(cells.map(({ variant }) => variant)),
]

/** All environments, in the order in which they were asked for. */
export const environmentsOf = ({ cells }: Pick<Sweep, 'cells'>): readonly string[] => [
  ...new Set(cells.map(({ env }) => env.name)),
]

/** Every other variant against the first. */
export const improvements = (
  sweep: Sweep,
  cells: readonly CellSummary[],
): readonly Improvement[] => {
  const [over = '', ...others] = variantsOf(sweep)
  return others.flatMap((variant) => {
    const tasks = rivals(cells, variant, over)
    return tasks.length === 0
      ? []
      : {
          variant,
          over,
          environments: tasks.length,
          probability: probabilityOfImprovement(tasks),
          interval: improvementInterval(KEY)(tasks),
        }
  })
}

/** Everything that a table or a report of a sweep shows. */
export interface SweepSummary {
  readonly sweep: Sweep
  readonly cells: readonly CellSummary[]
  readonly improvements: readonly Improvement[]
}

export const summariseSweep = (sweep: Sweep, results: Results): SweepSummary => {
  const cells = sweep.cells.map((cell) => summariseCell(cell, sweep, results))
  return { sweep, cells, improvements: improvements(sweep, cells) }
}

/** What a report of a sweep draws. */
import type { Point } from '../../report/series.ts'
import { roundTicks } from '../../report/ticks.ts'
import { key } from '../../random/key.ts'
import { bootstrap } from '../../rl/bootstrap.ts'
import { interquartileMean } from '../../rl/interquartileMean.ts'
import { performanceProfile } from '../../rl/performanceProfile.ts'
import { STRETCHES } from '../result.ts'
import { environmentsOf, variantsOf, type CellSummary, type SweepSummary } from '../summary.ts'
import { figure, intervalOf } from '../table.ts'
import { intervalsBody, intervalsHeight } from './intervals.ts'
import { plotBody, type Series } from './plot.ts'

/** A chart with a title, as the inside of an `<svg>` of its size. */
export interface Panel {
  readonly title: string
  readonly note: string
  readonly width: number
  readonly height: number
  readonly body: string
}

/** An environment's charts. */
export interface EnvironmentPanels {
  readonly env: string
  readonly panels: readonly Panel[]
}

const [WIDTH, HEIGHT] = [520, 300]
const FULL_WIDTH = 1050
const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1]
/** Thresholds of a profile, evenly over the scores. */
const THRESHOLDS = 201
const NOTHING = 'no run has finished without a fault'

interface Drawn {
  readonly summary: CellSummary
  /** the place of its variant */
  readonly index: number
}

const scoresPanel = (cells: readonly Drawn[]): Panel => {
  const rows = cells.map(({ summary: { cell, iqm, interval }, index }) => ({
    index,
    name: cell.variant,
    value: iqm,
    interval,
    text: `${figure(iqm)} (${intervalOf(interval)})`,
  }))
  const all = { rows, axis: 'return', x: null, mark: null, width: FULL_WIDTH }
  return {
    title: 'Interquartile mean of the return',
    note: 'over seeds, 95 % bootstrap interval',
    width: FULL_WIDTH,
    height: intervalsHeight(all),
    body: intervalsBody(all),
  }
}

const profilePanel = (cells: readonly Drawn[]): Panel => {
  const finite = cells.flatMap(({ summary }) => summary.scores.filter(Number.isFinite))
  const ticks = finite.length === 0 ? [0, 1] : roundTicks(Math.min(...finite), Math.max(...finite))
  const [low, high] = [ticks[0]!, ticks.at(-1)!]
  const thresholds = Array.from(
    { length: THRESHOLDS },
    (_, i) => low + ((high - low) * i) / (THRESHOLDS - 1),
  )
  const series = cells.flatMap(({ summary: { scores }, index }): Series | readonly [] => {
    if (scores.length === 0) return []
    const profile = performanceProfile(thresholds)(scores)
    return {
      index,
      points: profile.map(({ threshold, share }): Point => [threshold, share]),
      low: profile.map(({ interval }) => interval[0]),
      high: profile.map(({ interval }) => interval[1]),
    }
  })
  const plot = { series, axis: 'return τ', x: ticks, y: SHARES, nothing: NOTHING }
  const size = { width: WIDTH, height: HEIGHT }
  return {
    title: 'Performance profile',
    note: 'share of runs that return more than τ, 95 % Wilson interval',
    ...size,
    body: plotBody({ ...plot, ...size }),
  }
}

const CURVE_RESAMPLES = 500

/** The mean return of each run up to the end of a stretch, of the runs that have one. */
const returnsAt = ({ runs }: CellSummary, stretch: number): readonly number[] =>
  runs.flatMap(
    ({ outcome }) => outcome?.curve.slice(0, stretch + 1).findLast((x) => x !== null) ?? [],
  )

const curveOf = ({ summary, index }: Drawn): Series => {
  const stretches = Array.from({ length: STRETCHES }, (_, i) => returnsAt(summary, i))
  const intervalAt = bootstrap(key(0), interquartileMean, CURVE_RESAMPLES)
  const intervals = stretches.map((returns) =>
    returns.length === 0 ? ([NaN, NaN] as const) : intervalAt(returns),
  )
  const { totalSteps } = summary.cell.settings
  return {
    index,
    points: stretches.map((returns, i) => [
      ((i + 1) / STRETCHES) * totalSteps,
      returns.length === 0 ? NaN : interquartileMean(returns),
    ]),
    low: intervals.map(([low]) => low),
    high: intervals.map(([, high]) => high),
  }
}

const curvePanel = (cells: readonly Drawn[]): Panel => {
  const steps = Math.max(...cells.map(({ summary }) => summary.cell.settings.totalSteps))
  const x = roundTicks(0, steps)
  const plot = { series: cells.map(curveOf), axis: 'environment steps', x, y: null }
  const size = { width: WIDTH, height: HEIGHT }
  return {
    title: 'Return in training',
    note: 'interquartile mean over seeds, 95 % bootstrap interval',
    ...size,
    body: plotBody({ ...plot, ...size, nothing: 'no episode has finished' }),
  }
}

/** The charts of each environment. */
export const environmentPanels = (summary: SweepSummary): readonly EnvironmentPanels[] => {
  const variants = variantsOf(summary.sweep)
  return environmentsOf(summary.sweep).map((env) => {
    const cells = summary.cells
      .filter(({ cell }) => cell.env.name === env)
      .map((cell) => ({ summary: cell, index: variants.indexOf(cell.cell.variant) }))
    return { env, panels: [scoresPanel(cells), profilePanel(cells), curvePanel(cells)] }
  })
}

/** The probabilities of improvement over the first variant; null where there is only one. */
export const improvementPanel = ({ sweep, improvements }: SweepSummary): Panel | null => {
  if (improvements.length === 0) return null
  const variants = variantsOf(sweep)
  const rows = improvements.map(({ variant, probability, interval }) => ({
    index: variants.indexOf(variant),
    name: variant,
    value: probability,
    interval,
    text: `${probability.toFixed(2)} (${interval.map((p) => p.toFixed(2)).join(' … ')})`,
  }))
  const all = { rows, axis: `P(X > ${variants[0]!})`, mark: 0.5, width: FULL_WIDTH }
  const ticks = { x: [0, 0.25, 0.5, 0.75, 1] }
  return {
    title: `Probability of improvement over ${variants[0]!}`,
    note: 'that a run has a higher return, over all environments; 95 % stratified bootstrap interval',
    width: FULL_WIDTH,
    height: intervalsHeight(all),
    body: intervalsBody({ ...all, ...ticks }),
  }
}

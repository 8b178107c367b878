import type { Metrics } from '../algo/ppo/iterate.ts'
import { mean } from '../rl/meanStd.ts'

type Cell = string | number

/** RFC 4180: quoted where it would end a cell or a line, quotes doubled. NaN is an empty cell. */
const cell = (x: Cell): string => {
  if (typeof x === 'number') return Number.isNaN(x) ? '' : String(x)
  return /[",\r\n]/.test(x) ? `"${x.replaceAll('"', '""')}"` : x
}

/**
 * A table as CSV of RFC 4180: a header, a line each row, lines end with CR LF. Numbers have as many
 * digits as give the same f64 back; what is NaN is an empty cell, which spreadsheets leave out and
 * pandas reads as NaN.
 */
export const csv = (header: readonly string[], rows: ReadonlyArray<readonly Cell[]>): string =>
  [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')

const MEASURED = [
  'learningRate',
  'policyLoss',
  'valueLoss',
  'entropy',
  'approxKl',
  'clipFraction',
  'gradNorm',
  'explainedVariance',
] as const

/**
 * A line an update: `update`, `steps` (environment steps done), `episodes` (how many ended in it),
 * `return` and `length` (their means; empty where none ended), then the metrics under their names.
 */
export const metricsCsv = (metrics: readonly Metrics[]): string =>
  csv(
    ['update', 'steps', 'episodes', 'return', 'length', ...MEASURED],
    metrics.map((m) => [
      m.update,
      m.steps,
      m.episodes.length,
      mean(m.episodes.map((episode) => episode.return)),
      mean(m.episodes.map((episode) => episode.length)),
      ...MEASURED.map((name) => m[name]),
    ]),
  )

/**
 * A line an episode, in the order in which they ended: the `update` that it ended in, the
 * environment `steps` done after that update, its `env`, its `return` and its `length`.
 */
export const episodesCsv = (metrics: readonly Metrics[]): string =>
  csv(
    ['update', 'steps', 'env', 'return', 'length'],
    metrics.flatMap(({ update, steps, episodes }) =>
      episodes.map((episode) => [update, steps, episode.env, episode.return, episode.length]),
    ),
  )

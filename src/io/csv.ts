import type { Metrics } from '../algo/ppo/iterate.ts'
import { mean } from '../rl/meanStd.ts'
import { MEASURED } from './metrics.ts'

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
export const csv = (header: readonly string[], rows: Iterable<readonly Cell[]>): string =>
  [...csvLines(header, rows)].join('')

/** The lines of a table, one at a time. */
function* csvLines(
  header: readonly Cell[],
  rows: Iterable<readonly Cell[]>,
): Generator<string, void, undefined> {
  yield line(header)
  for (const row of rows) yield line(row)
}

const line = (row: readonly Cell[]): string => `${row.map(cell).join(',')}\r\n`

function* metricsRows(metrics: Iterable<Metrics>): Generator<readonly Cell[], void, undefined> {
  for (const m of metrics)
    yield [
      m.update,
      m.steps,
      m.episodes.length,
      mean(m.episodes.map((episode) => episode.return)),
      mean(m.episodes.map((episode) => episode.length)),
      ...MEASURED.map((name) => m[name]),
    ]
}

/** Yields the lines of `metricsCsv`, for runs whose table does not fit into one string. */
export const metricsCsvLines = (metrics: Iterable<Metrics>): Iterable<string> =>
  csvLines(['update', 'steps', 'episodes', 'return', 'length', ...MEASURED], metricsRows(metrics))

/**
 * A table with one line per update: `update`, `steps` (environment steps done), `episodes` (how many ended in it),
 * `return` and `length` (their means; empty where none ended), then the metrics under their names.
 */
export const metricsCsv = (metrics: Iterable<Metrics>): string =>
  [...metricsCsvLines(metrics)].join('')

function* episodesRows(metrics: Iterable<Metrics>): Generator<readonly Cell[], void, undefined> {
  for (const { update, steps, episodes } of metrics)
    for (const episode of episodes)
      yield [update, steps, episode.env, episode.return, episode.length]
}

/** Yields the lines of `episodesCsv`, for runs whose table does not fit into one string. */
export const episodesCsvLines = (metrics: Iterable<Metrics>): Iterable<string> =>
  csvLines(['update', 'steps', 'env', 'return', 'length'], episodesRows(metrics))

/**
 * A line an episode, in the order in which they ended: the `update` that it ended in, the
 * environment `steps` done after that update, its `env`, its `return` and its `length`.
 */
export const episodesCsv = (metrics: Iterable<Metrics>): string =>
  [...episodesCsvLines(metrics)].join('')

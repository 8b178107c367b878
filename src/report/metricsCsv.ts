import {
  algorithms,
  type AlgorithmName,
  type AnyMetrics,
  type Measured,
} from '../algo/algorithm.ts'
import { EVALUATED } from '../algo/evaluated.ts'
import { csvLines, type Cell } from '../format/csv.ts'
import { mean } from '../rl/meanStd.ts'

function* metricsRows(
  metrics: Iterable<AnyMetrics>,
  measured: ReadonlyArray<Measured | (typeof EVALUATED)[number]>,
): Generator<readonly Cell[], void, undefined> {
  for (const m of metrics)
    yield [
      m.update,
      m.steps,
      m.episodes.length,
      mean(m.episodes.map((episode) => episode.return)),
      mean(m.episodes.map((episode) => episode.length)),
      ...measured.map((name) => m[name] ?? NaN),
    ]
}

/** Yields the lines of `metricsCsv`, for runs whose table does not fit into one string. */
export const metricsCsvLines = (
  metrics: Iterable<AnyMetrics>,
  algorithm: AlgorithmName = 'ppo',
  evaluated = false,
): Iterable<string> => {
  const measured = [...algorithms[algorithm].measured, ...(evaluated ? EVALUATED : [])]
  return csvLines(
    ['update', 'steps', 'episodes', 'return', 'length', ...measured],
    metricsRows(metrics, measured),
  )
}

/**
 * A table with one line per update: `update`, `steps` (environment steps done), `episodes` (how many ended in it),
 * `return` and `length` (their means; empty where none ended), then the metrics under their names.
 *
 * @param evaluated whether to add the columns of evaluations, which are empty where none follows the update
 */
export const metricsCsv = (
  metrics: Iterable<AnyMetrics>,
  algorithm: AlgorithmName = 'ppo',
  evaluated = false,
): string => [...metricsCsvLines(metrics, algorithm, evaluated)].join('')

function* episodesRows(metrics: Iterable<AnyMetrics>): Generator<readonly Cell[], void, undefined> {
  for (const { update, steps, episodes } of metrics)
    for (const episode of episodes)
      yield [update, steps, episode.env, episode.return, episode.length]
}

/** Yields the lines of `episodesCsv`, for runs whose table does not fit into one string. */
export const episodesCsvLines = (metrics: Iterable<AnyMetrics>): Iterable<string> =>
  csvLines(['update', 'steps', 'env', 'return', 'length'], episodesRows(metrics))

/**
 * A line an episode, in the order in which they ended: the `update` that it ended in, the
 * environment `steps` done after that update, its `env`, its `return` and its `length`.
 */
export const episodesCsv = (metrics: Iterable<AnyMetrics>): string =>
  [...episodesCsvLines(metrics)].join('')

import type { AnyMetrics, Measured } from '../algo/algorithm.ts'
import { evaluatedOf, type Evaluated } from '../algo/evaluated.ts'
import type { Episode } from '../env/wrapper/vectorise.ts'
import { mean } from '../rl/meanStd.ts'
import { movingMean, thinning, windowOf, type Point } from './series.ts'

/** Number of episodes for final figures, and maximum window of the moving mean. */
const LAST = 100

/** Stretches of episodes of which the dots are drawn. */
const DOTS = 16_384

/** A quantity per episode over environment steps, and its moving mean. */
export interface Episodic {
  readonly count: number
  readonly points: readonly Point[]
  readonly mean: readonly Point[]
}

/** The evaluations of a run over environment steps. */
export interface Evaluations {
  readonly count: number
  readonly last: Evaluated | null
  /** mean returns, and the ends of their intervals */
  readonly points: readonly Point[]
  readonly low: readonly Point[]
  readonly high: readonly Point[]
}

/** Everything that a report shows of a run, in bounded memory. */
export interface Summary {
  readonly updates: number
  readonly steps: number
  readonly episodes: number
  /** the last hundred episodes */
  readonly last: readonly Episode[]
  /** the highest return of an episode, −∞ where none has ended */
  readonly best: number
  readonly returns: Episodic
  readonly lengths: Episodic
  readonly evaluations: Evaluations
  /** what the algorithm measures, by title */
  readonly perUpdate: { readonly [name: string]: PerUpdate }
}

/** A quantity per update over environment steps. */
export interface PerUpdate {
  readonly points: readonly Point[]
  readonly last: number | undefined
}

/** What charts show of every update. */
const PER_UPDATE: ReadonlyArray<readonly [title: string, Measured]> = [
  ['Policy loss', 'policyLoss'],
  ['Value loss', 'valueLoss'],
  ['Entropy', 'entropy'],
  ['Approximate KL', 'approxKl'],
  ['Clip fraction', 'clipFraction'],
  ['KL', 'kl'],
  ['Fraction of the longest step', 'fraction'],
  ['Explained variance', 'explainedVariance'],
  ['Gradient norm', 'gradNorm'],
  ['Learning rate', 'learningRate'],
]

const episodic = () => {
  const points = thinning(DOTS)
  const means = thinning()
  let window: number[] = []
  return {
    add: ([x, y]: Point) => {
      points.add([x, y])
      if (!Number.isNaN(y)) window.push(y)
      if (window.length > LAST) window = window.slice(-LAST)
      means.add([x, Number.isNaN(y) ? NaN : mean(window)])
    },
    done: (): Episodic => {
      const count = points.count()
      const kept = points.points()
      return {
        count,
        points: kept,
        // As long as every episode is there, the mean is over a tenth of them where they are few.
        mean: points.isWhole() ? movingMean(kept, windowOf(count)) : means.points(),
      }
    },
  }
}

const evaluations = () => {
  const [points, low, high] = [thinning(), thinning(), thinning()]
  let last: Evaluated | null = null
  return {
    add: (m: AnyMetrics) => {
      const evaluated = evaluatedOf(m)
      if (evaluated === null) return
      last = evaluated
      points.add([m.steps, evaluated.evalReturn])
      low.add([m.steps, evaluated.evalLow])
      high.add([m.steps, evaluated.evalHigh])
    },
    done: (): Evaluations => ({
      count: points.count(),
      last,
      points: points.points(),
      low: low.points(),
      high: high.points(),
    }),
  }
}

/**
 * Summarises the metrics of a run in one pass.
 *
 * @param measured what its algorithm measures
 *
 * A run knows the order of the episodes that end in an update, not their steps: they are spread
 * evenly over those of the update.
 */
export const summaryOf = (
  metrics: Iterable<AnyMetrics>,
  measured: readonly Measured[],
): Summary => {
  const series = PER_UPDATE.filter(([, name]) => measured.includes(name)).map(([title, name]) => ({
    title,
    name,
    points: thinning(),
  }))
  const [returns, lengths, evaluated] = [episodic(), episodic(), evaluations()]
  let [updates, steps, episodes, best] = [0, 0, 0, -Infinity]
  let last: Episode[] = []
  let final: AnyMetrics | undefined
  for (const m of metrics) {
    evaluated.add(m)
    for (const { name, points } of series) points.add([m.steps, m[name] ?? NaN])
    m.episodes.forEach((episode, k) => {
      const x = steps + ((k + 1) / m.episodes.length) * (m.steps - steps)
      returns.add([x, episode.return])
      lengths.add([x, episode.length])
      best = Math.max(best, episode.return)
      last.push(episode)
      if (last.length > 2 * LAST) last = last.slice(-LAST)
    })
    updates += 1
    steps = m.steps
    episodes += m.episodes.length
    final = m
  }
  return {
    updates,
    steps,
    episodes,
    last: last.slice(-LAST),
    best,
    returns: returns.done(),
    lengths: lengths.done(),
    evaluations: evaluated.done(),
    perUpdate: Object.fromEntries(
      series.map(({ title, name, points }) => [
        title,
        { points: points.points(), last: final?.[name] },
      ]),
    ),
  }
}

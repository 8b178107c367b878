import type { Metrics } from '../algo/ppo/iterate.ts'
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
  /** by its name, each of `PER_UPDATE`, and its last value */
  readonly perUpdate: { readonly [name: string]: PerUpdate }
}

/** A quantity per update over environment steps. */
export interface PerUpdate {
  readonly points: readonly Point[]
  readonly last: number | undefined
}

/** What charts show of every update. */
export const PER_UPDATE = {
  'Policy loss': (m) => m.policyLoss,
  'Value loss': (m) => m.valueLoss,
  Entropy: (m) => m.entropy,
  'Approximate KL': (m) => m.approxKl,
  'Clip fraction': (m) => m.clipFraction,
  'Explained variance': (m) => m.explainedVariance,
  'Gradient norm': (m) => m.gradNorm,
  'Learning rate': (m) => m.learningRate,
} as const satisfies { readonly [title: string]: (metrics: Metrics) => number }

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

/**
 * Summarises the metrics of a run in one pass.
 *
 * A run knows the order of the episodes that end in an update, not their steps: they are spread
 * evenly over those of the update.
 */
export const summaryOf = (metrics: Iterable<Metrics>): Summary => {
  const names = Object.keys(PER_UPDATE) as Array<keyof typeof PER_UPDATE>
  const series = names.map((name) => [name, thinning()] as const)
  const [returns, lengths] = [episodic(), episodic()]
  let [updates, steps, episodes, best] = [0, 0, 0, -Infinity]
  let last: Episode[] = []
  let final: Metrics | undefined
  for (const m of metrics) {
    for (const [name, points] of series) points.add([m.steps, PER_UPDATE[name](m)])
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
    perUpdate: Object.fromEntries(
      series.map(([name, points]) => [
        name,
        {
          points: points.points(),
          last: final === undefined ? undefined : PER_UPDATE[name](final),
        },
      ]),
    ),
  }
}

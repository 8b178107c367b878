import type { Metrics } from '../../algo/ppo/iterate.ts'
import type { Episode } from '../../env/wrapper/vectorise.ts'
import { mean } from '../../rl/meanStd.ts'

/** x and y; a y of NaN is a gap. */
export type Point = readonly [x: number, y: number]

/** A number of each update over the environment steps done. */
export const perUpdate = (
  metrics: readonly Metrics[],
  read: (metrics: Metrics) => number,
): readonly Point[] => metrics.map((m) => [m.steps, read(m)])

/**
 * A number of each episode over environment steps. A run knows the order of the episodes that end
 * in an update, not their steps: they are spread evenly over those of the update.
 */
export const perEpisode = (
  metrics: readonly Metrics[],
  read: (episode: Episode) => number,
): readonly Point[] =>
  metrics.flatMap(({ steps, episodes }, i) => {
    const before = metrics[i - 1]?.steps ?? 0
    return episodes.map((episode, k): Point => [
      before + ((k + 1) / episodes.length) * (steps - before),
      read(episode),
    ])
  })

/** Episodes that a mean moves over: a tenth of all, and no more than 100. */
export const windowOf = (count: number): number =>
  Math.max(1, Math.min(100, Math.round(count / 10)))

/** At each point the mean of it and those before it, `window` in all or as many as there are. */
export const movingMean = (points: readonly Point[], window: number): readonly Point[] => {
  const values = points.map(([, y]) => y).filter((y) => !Number.isNaN(y))
  let seen = 0
  return points.map(([x, y]) => {
    if (Number.isNaN(y)) return [x, NaN]
    seen++
    return [x, mean(values.slice(Math.max(0, seen - window), seen))]
  })
}

/**
 * As many points as a picture can show, or fewer: of each of `most` / 2 equal stretches its lowest
 * and its highest point, in their order, so that no peak is lost. A gap stays one.
 */
export const thinned = (points: readonly Point[], most: number): readonly Point[] => {
  if (points.length <= most) return points
  const stretches = Math.floor(most / 2)
  return Array.from({ length: stretches }, (_, i) => {
    const from = Math.floor((i * points.length) / stretches)
    const to = Math.floor(((i + 1) * points.length) / stretches)
    let [low, high] = [from, from]
    for (let j = from; j < to; j++) {
      if (!(points[j]![1] >= points[low]![1])) low = j
      if (!(points[j]![1] <= points[high]![1])) high = j
    }
    return [...new Set([Math.min(low, high), Math.max(low, high)])].map((j) => points[j]!)
  }).flat()
}

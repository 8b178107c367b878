import { mean } from '../rl/meanStd.ts'

/** x and y; a y of NaN is a gap. */
export type Point = readonly [x: number, y: number]

/** Episodes that a mean moves over: a tenth of all, and no more than 100. */
export const windowOf = (count: number): number =>
  Math.max(1, Math.min(100, Math.round(count / 10)))

/** Buckets of a thinning, unless another number is asked for. */
const BUCKETS = 4096

/** A series in bounded memory. */
interface Thinning {
  readonly add: (point: Point) => void
  /** how many were added */
  readonly count: () => number
  /** whether all that were added are still there */
  readonly isWhole: () => boolean
  readonly points: () => readonly Point[]
}

/**
 * Keeps all points of a series up to a number of them, and of longer ones the lowest and the highest
 * of equal stretches, in their order, so that no peak is lost. A gap stays one.
 *
 * @param most stretches that are kept at most
 */
export const thinning = (most = BUCKETS): Thinning => {
  let buckets: Array<readonly Point[]> = []
  let open: Point[] = []
  let width = 1
  let inOpen = 0
  let count = 0
  return {
    add: (point) => {
      open.push(point)
      inOpen += 1
      count += 1
      if (open.length > 2) open = [...thinned(open, 2)]
      if (inOpen < width) return
      buckets.push(open)
      open = []
      inOpen = 0
      if (buckets.length < most) return
      const halves: Array<readonly Point[]> = []
      for (let i = 0; i < buckets.length; i += 2)
        halves.push(thinned([...buckets[i]!, ...(buckets[i + 1] ?? [])], 2))
      buckets = halves
      width *= 2
    },
    count: () => count,
    isWhole: () => width <= 2,
    points: () => [...buckets, open].flat(),
  }
}

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

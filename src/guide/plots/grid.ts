import type { Point } from '../../report/series.ts'

/** `count` numbers from `low` to `high`, both included, in equal steps. */
export const grid = (low: number, high: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1))

/** The points of a function at these places. */
export const pointsOf = (xs: readonly number[], f: (x: number) => number): readonly Point[] =>
  xs.map((x) => [x, f(x)])

/** The points of numbers that were computed together. */
export const paired = (xs: readonly number[], ys: readonly number[]): readonly Point[] =>
  xs.map((x, i) => [x, ys[i]!])

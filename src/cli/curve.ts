/** Maximum number of points of a curve. */
const MOST = 1000

/** A series in bounded memory: every k-th number that was added, with the first one. */
export interface Curve {
  /** Adds what `of` returns, which is called only if the number is kept. */
  readonly add: (of: () => number) => void
  /** k is the smallest power of two that leaves at most 1000 numbers */
  readonly points: () => readonly number[]
}

export const curveOf = (): Curve => {
  let points: number[] = []
  let apart = 1
  let count = 0
  return {
    add: (of) => {
      if (count % apart === 0) {
        if (points.length === MOST) {
          points = points.filter((_, i) => i % 2 === 0)
          apart *= 2
        }
        if (count % apart === 0) points.push(of())
      }
      count += 1
    },
    points: () => points,
  }
}

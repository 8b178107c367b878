import { meanStd } from '../rl/meanStd.ts'

/** Episodes that the reported return is the mean of. */
export const LAST = 100

/** Points of a curve, at most. */
const MOST = 1000

/** The returns of a run's episodes, in memory that does not grow with the run. */
export interface Returns {
  readonly add: (earned: number) => void
  /** the last 100, or all where there are fewer */
  readonly last: () => readonly number[]
  /**
   * The mean of the last 100 after every k-th episode, the first one included: k is the smallest
   * power of two that leaves at most 1000 points.
   */
  readonly curve: () => readonly number[]
}

export const returnsOf = (): Returns => {
  let last: number[] = []
  let curve: number[] = []
  let apart = 1
  let count = 0
  return {
    add: (earned) => {
      last.push(earned)
      // Cut now and then, as moving every element for each episode takes its time.
      if (last.length >= 2 * LAST) last = last.slice(-LAST)
      if (count % apart === 0) {
        if (curve.length === MOST) {
          curve = curve.filter((_, i) => i % 2 === 0)
          apart *= 2
        }
        if (count % apart === 0) curve.push(meanStd(last.slice(-LAST)).mean)
      }
      count += 1
    },
    last: () => last.slice(-LAST),
    curve: () => curve,
  }
}

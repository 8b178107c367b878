import { meanStd } from '../rl/meanStd.ts'

/** The reported return is the mean over this many episodes. */
export const LAST = 100

/** Maximum number of points of a curve. */
const MOST = 1000

/** Collects the returns of episodes in bounded memory. */
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
      // Trim rarely, since it copies the whole list.
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

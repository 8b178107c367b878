import { meanStd } from '../rl/meanStd.ts'
import { curveOf } from './curve.ts'

/** The reported return is the mean over this many episodes. */
export const LAST = 100

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
  const curve = curveOf()
  return {
    add: (earned) => {
      last.push(earned)
      // Trim rarely, since it copies the whole list.
      if (last.length >= 2 * LAST) last = last.slice(-LAST)
      curve.add(() => meanStd(last.slice(-LAST)).mean)
    },
    last: () => last.slice(-LAST),
    curve: curve.points,
  }
}

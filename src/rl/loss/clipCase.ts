import { checkedClip } from './clippedSurrogate.ts'

/** Where a sample lies on the clipped surrogate. */
export interface ClipCase {
  /** whether Â > 0: the action did better than V predicted, and should become more probable */
  readonly isGood: boolean
  /** where the ratio is: below 1 − ε, above 1 + ε, or in between, including both ends */
  readonly side: 'below' | 'inside' | 'above'
  /**
   * whether the sample moves the policy. It does not where the minimum is the clipped term: for a good
   * action that is likely enough, and for a bad one that is unlikely enough.
   */
  readonly hasGradient: boolean
}

/** The six cases, good ones first, by rising ratio. */
export const CLIP_CASES: readonly ClipCase[] = [true, false].flatMap((isGood) =>
  (['below', 'inside', 'above'] as const).map((side) => ({
    isGood,
    side,
    hasGradient: side !== (isGood ? 'above' : 'below'),
  })),
)

/**
 * Which of the six cases of `clippedSurrogate` a sample is, as an index into `CLIP_CASES`. At the
 * kinks it is the side that `clippedSurrogateGrad` takes. Schulman et al. 2017, arXiv:1707.06347,
 * figure 1.
 *
 * @param ratio r = π(a|s) / π_old(a|s), >= 0
 * @param advantage Â, any finite number
 * @param clip ε >= 0
 * @throws RangeError when ε < 0
 */
export const clipCase = (ratio: number, advantage: number, clip: number): number => {
  checkedClip({ clip })
  const side = ratio < 1 - clip ? 0 : ratio > 1 + clip ? 2 : 1
  return (advantage > 0 ? 0 : 3) + side
}

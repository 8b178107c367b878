import { checkedClip } from './clippedSurrogate.ts'

/** Where a sample lies on the clipped surrogate. */
export interface ClipCase {
  /** whether Â > 0: the action did better than V expected, and is to become more probable */
  readonly isGood: boolean
  /** of the ratio: below 1 − ε, above 1 + ε, or between both, the ends included */
  readonly side: 'below' | 'inside' | 'above'
  /**
   * whether the sample moves the policy. It does not where the minimum takes the clipped term: a good action
   * that has become likely enough, and a bad one that has become unlikely enough.
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
 * Which of the six cases of `clippedSurrogate` a sample is, as a place in `CLIP_CASES`. At the kinks it is the side
 * that `clippedSurrogateGrad` takes.
 *
 * @param ratio r = π(a|s) / π_old(a|s)
 * @param advantage Â
 * @param clip ε >= 0
 * @throws RangeError when ε < 0
 */
export const clipCase = (ratio: number, advantage: number, clip: number): number => {
  checkedClip({ clip })
  const side = ratio < 1 - clip ? 0 : ratio > 1 + clip ? 2 : 1
  return (advantage > 0 ? 0 : 3) + side
}

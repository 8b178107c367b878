import { expectList } from '../tensor/expectList.ts'
import type { ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Interval } from './bootstrap.ts'
import { wilson } from './wilson.ts'

/** A point of a performance profile. */
export interface ProfilePoint {
  /** τ, the score that is to be beaten */
  readonly threshold: number
  /** the share of runs with a score above τ */
  readonly share: number
  /** its 95 % score interval */
  readonly interval: Interval
}

/**
 * The performance profile of runs: F̂(τ) = 1/n Σᵢ 1[xᵢ > τ] for each threshold τ. It falls from 1 to 0;
 * a profile that lies above another everywhere is better whatever the threshold. −∞ stands for a run
 * without a score.
 *
 * Agarwal et al. 2021, arXiv:2108.13264, section 4.2. The bands there come from the bootstrap; each
 * point here is a proportion of runs and has Wilson's interval, which keeps its width at 0 and 1.
 *
 * @throws RangeError unless both are lists
 */
export const performanceProfile = (
  thresholds: readonly number[],
): ((scores: ReadonlyNumbers) => readonly ProfilePoint[]) => {
  expectList('thresholds', 'numbers', thresholds)
  return (scores) => {
    expectList('scores', 'numbers', scores)
    return thresholds.map((threshold) => {
      let above = 0
      for (let i = 0; i < scores.length; i++) if (scores[i]! > threshold) above += 1
      return {
        threshold,
        share: above / scores.length,
        interval: wilson(above, scores.length),
      }
    })
  }
}

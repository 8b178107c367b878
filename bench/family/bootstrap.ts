/** How far a mean over seeds can be trusted. */
import { random, tensor } from '../../src/index.ts'
import { meanStd } from '../../src/cli/show.ts'

export const RESAMPLES = 10_000

export interface Interval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/**
 * The mean, and its 95 % percentile interval: the means of 10,000 resamples of as many numbers,
 * drawn with replacement by a fixed key, without the lowest and the highest 2.5 %.
 * Efron 1979, "Bootstrap methods: another look at the jackknife".
 */
export const bootstrap = (count: number): ((xs: readonly number[]) => Interval) => {
  const uniform = random.uniform(random.key(0), ['resample', 'x'], [RESAMPLES, count], 'f64')
  const picks = Int32Array.from(tensor.toArray(uniform), (u) => Math.floor(u * count))
  return (xs) => {
    const means = new Float64Array(RESAMPLES)
    for (let r = 0; r < RESAMPLES; r++) {
      let sum = 0
      for (let i = 0; i < count; i++) sum += xs[picks[r * count + i]!]!
      means[r] = sum / count
    }
    means.sort()
    const cut = 0.025 * RESAMPLES
    return { mean: meanStd(xs).mean, low: means[cut]!, high: means[RESAMPLES - 1 - cut]! }
  }
}

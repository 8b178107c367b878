/** How far a mean over seeds can be trusted. */
import { random, rl } from '../../src/index.ts'

export interface MeanInterval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** What tables say of it. */
export const INTERVAL = '95 % percentile bootstrap over seeds, 10,000 resamples, key 0'

/** The mean and its 95 % bootstrap interval, by a fixed key. */
export const meanInterval = (xs: readonly number[]): MeanInterval => {
  const [low, high] = rl.bootstrap(random.key(0), rl.mean)(xs)
  return { mean: rl.mean(xs), low, high }
}

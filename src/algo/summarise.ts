import type { Episode } from '../env/wrapper/vectorise.ts'
import { key } from '../random/key.ts'
import { bootstrap, type Interval } from '../rl/bootstrap.ts'
import { interquartileMean } from '../rl/interquartileMean.ts'
import { mean, meanStd } from '../rl/meanStd.ts'

/** A summary of episodes: their returns and lengths. */
export interface Summary {
  readonly episodes: number
  /** of the returns, with `std` of ddof 0 */
  readonly mean: number
  readonly std: number
  /** the interquartile mean of the returns */
  readonly iqm: number
  /** the 95 % interval of `iqm` */
  readonly interval: Interval
  readonly length: { readonly mean: number; readonly min: number }
}

/**
 * Mean and spread of the returns, their interquartile mean with its 95 % bootstrap interval (10,000
 * resamples by a fixed key, so that the same episodes have the same one), and their lengths.
 *
 * @throws RangeError when there are no episodes
 */
export const summarise = (episodes: readonly Episode[]): Summary => {
  if (episodes.length === 0) throw new RangeError('episodes: expected one or more, got none')
  const returns = episodes.map((episode) => episode.return)
  const lengths = episodes.map((episode) => episode.length)
  return {
    episodes: episodes.length,
    ...meanStd(returns),
    iqm: interquartileMean(returns),
    interval: bootstrap(key(0), interquartileMean)(returns),
    length: {
      mean: mean(lengths),
      min: lengths.reduce((least, length) => Math.min(least, length)),
    },
  }
}

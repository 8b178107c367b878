import type { Arrays } from '../engine/arrays.ts'
import type { Moments } from '../rl/moments.ts'
import { deviations } from '../rl/normaliseObservation.ts'
import { expectShape } from '../tensor/check.ts'
import { data } from '../tensor/tensor.ts'
import type { NormaliseConfig } from './look.ts'

/** The statistics that observations are normalised by, in arrays that all threads read: see `normalised`. */
export interface ObservationStats {
  /** [feature], each */
  readonly mean: Float64Array
  readonly deviation: Float64Array
  /** one number */
  readonly clip: Float64Array
}

/** Lays out statistics; null where a config normalises no observations. */
export const layStats = (
  arrays: Arrays,
  normalise: NormaliseConfig | undefined,
  features: number,
): ObservationStats | null =>
  normalise?.observation === true
    ? {
        mean: arrays.doubles(features),
        deviation: arrays.doubles(features),
        clip: arrays.doubles(1),
      }
    : null

/** Sets the statistics; without any, observations pass unchanged: (x − 0) / 1 within ±∞. */
export const setStats = (
  { mean, deviation, clip }: ObservationStats,
  config: NormaliseConfig,
  seen: Moments | null,
): void => {
  if (seen === null) {
    mean.fill(0)
    deviation.fill(1)
    clip.fill(Infinity)
    return
  }
  mean.set(data(expectShape('normaliser', seen.mean, ['feature'], [mean.length])))
  deviation.set(deviations(config.epsilon, seen))
  clip.fill(config.clip)
}

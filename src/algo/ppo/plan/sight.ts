import type { Alloc } from '../../../kernel/layout.ts'
import type { Moments } from '../../../rl/moments.ts'
import { deviations } from '../../../rl/normaliseObservation.ts'
import { expectShape } from '../../../tensor/check.ts'
import { data } from '../../../tensor/tensor.ts'
import type { PpoConfig } from '../config.ts'

/** How the policy sees what the worlds show, in arrays that all threads read: see `normalised`. */
export interface Sight {
  /** [feature], each; none where the config whitens no observations */
  readonly mean: Float64Array
  readonly deviation: Float64Array
  /** one number */
  readonly clip: Float64Array
}

export const laySight = (
  alloc: Alloc,
  { normalise }: PpoConfig,
  { observations }: { readonly observations: number },
): Sight => {
  const features = normalise.observation ? observations : 0
  return { mean: alloc.f64(features), deviation: alloc.f64(features), clip: alloc.f64(1) }
}

/** Has the policy see by these statistics; by none, x as it is: (x − 0) / 1 within ±∞. */
export const setSight = (
  { mean, deviation, clip }: Sight,
  config: PpoConfig['normalise'],
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

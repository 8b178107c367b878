import type { Batch } from '../nn/layer.ts'
import type { Moments } from '../rl/moments.ts'
import { normaliseObservation } from '../rl/normaliseObservation.ts'
import type { RewardScale } from '../rl/scaleReward.ts'

/** What a config says of running statistics. */
export interface NormaliseConfig {
  readonly observation: boolean
  readonly reward: boolean
  readonly clip: number
  readonly epsilon: number
}

/** Running statistics of what a run has seen and earned; each null where it is not asked for. */
export interface Normaliser {
  readonly observation: Moments | null
  readonly reward: RewardScale | null
}

/** How a policy sees what an environment shows. */
export type NormaliseObservation = <B extends string>(observation: Batch<B>) => Batch<B>

/** By statistics that stay as they are. */
export const normalisingBy =
  (config: NormaliseConfig, normaliser: Normaliser | null): NormaliseObservation =>
  (observation) =>
    normaliser === null || normaliser.observation === null
      ? observation
      : normaliseObservation(config)(normaliser.observation, observation)

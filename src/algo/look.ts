import type { Batch } from '../nn/layer.ts'
import type { Moments } from '../rl/moments.ts'
import { normaliseObservation } from '../rl/normaliseObservation.ts'
import type { RewardScale } from '../rl/scaleReward.ts'

/** The settings of running statistics. */
export interface NormaliseConfig {
  readonly observation: boolean
  readonly reward: boolean
  readonly clip: number
  readonly epsilon: number
}

/** Running statistics of a run's observations and rewards; each is null if the config does not use it. */
export interface Normaliser {
  readonly observation: Moments | null
  readonly reward: RewardScale | null
}

/** How a policy's input is computed from an environment's observation. */
export type NormaliseObservation = <B extends string>(observation: Batch<B>) => Batch<B>

/** With fixed statistics. */
export const normalisingBy =
  (config: NormaliseConfig, normaliser: Normaliser | null): NormaliseObservation =>
  (observation) =>
    normaliser === null || normaliser.observation === null
      ? observation
      : normaliseObservation(config)(normaliser.observation, observation)

import type {
  ActingConfig,
  AdamSettings,
  EstimatingConfig,
  NetworkConfig,
  WhiteningConfig,
} from '../configTypes.ts'

export { updatesOf } from '../configFields.ts'

/** Whitening of advantages. */
export interface PpoAdvantageConfig extends WhiteningConfig {
  /** whitens over each minibatch, over the whole batch, or not at all */
  readonly normalise: 'minibatch' | 'batch' | 'none'
}

/** Running statistics that whiten observations and scale rewards. */
export interface NormaliseSettings {
  /** whitens observations by their running mean and variance: see `rl.normaliseObservation` */
  readonly observation: boolean
  /** divides rewards by the running deviation of the discounted return: see `rl.scaleReward` */
  readonly reward: boolean
  /** bound of the absolute value of the results, > 0 */
  readonly clip: number
  /** ε > 0, added to the variance */
  readonly epsilon: number
}

/** A penalty β KL[π_old, π] on the policy's objective: arXiv:1707.06347, section 4. */
export interface KlPenaltyConfig {
  /** no penalty, a constant β, or a β that adapts to the measured KL */
  readonly kind: 'none' | 'fixed' | 'adaptive'
  /** β at the start, > 0 */
  readonly beta: number
  /** the KL in nats that `adaptive` aims at, > 0 */
  readonly target: number
}

/** Ends an update early when its policy has moved too far from the old one. */
export interface KlStopConfig {
  /** stops above factor · target nats; a number > 0, or null to never stop */
  readonly target: number | null
  /** tolerance on the target, > 0 */
  readonly factor: number
  /** KL[π_old, π] estimated from samples of π_old (Schulman's k1, k2, k3), or computed exactly */
  readonly estimator: 'k1' | 'k2' | 'k3' | 'exact'
  /**
   * `minibatch` checks before each step, on its samples; `epoch` after each epoch, on the samples of
   * its last minibatch as they were before that step
   */
  readonly when: 'minibatch' | 'epoch'
  /** stops all learning, or the policy alone while the value function continues */
  readonly scope: 'both' | 'policy'
}

/** A learning rate that adapts to the KL of each minibatch: see `optim.adaptLearningRate`. */
export interface AdaptiveRateConfig {
  /** the KL in nats to aim at, > 0 */
  readonly desiredKl: number
  /** the rate is multiplied or divided by it, > 1 */
  readonly factor: number
  /** smallest rate, > 0 */
  readonly min: number
  /** largest rate, ≥ min */
  readonly max: number
}

/**
 * All settings of a run of PPO. Every choice on which implementations differ is a field, and presets hold the
 * well-known sets. `ppo.config` fills in a partial config from a preset.
 */
export interface PpoConfig extends ActingConfig, EstimatingConfig, NetworkConfig {
  /** K, passes over each batch: a whole number ≥ 1 */
  readonly epochs: number
  /** shuffled parts of a batch, one optimiser step each: a divisor of envs · steps */
  readonly minibatches: number
  /** draws a new order of the samples each epoch, or one per update for all its epochs */
  readonly shuffle: 'epoch' | 'update'
  /** estimates advantages again before each epoch but the first, with the current value network */
  readonly recomputeAdvantages: boolean
  /** whitening of advantages */
  readonly advantage: PpoAdvantageConfig
  /** running statistics of observations and rewards */
  readonly normalise: NormaliseSettings

  /**
   * the policy's objective as a function of the ratio r: the clipped surrogate (`clip`), the clipped
   * term without the min (`clipAlone`), the dual clip, or the plain ratio; see `rl.surrogateTerm`
   */
  readonly surrogate: 'clip' | 'clipAlone' | 'dualClip' | 'ratio'
  /** ε of the clipped surrogates, > 0 */
  readonly clip: number
  /** how ε changes over the run, and `valueClip` with it: see `optim.scheduleFactor` */
  readonly clipSchedule: 'constant' | 'linear' | 'progress'
  /** c of the dual clip, > 1 */
  readonly dualClip: number
  /** a penalty β KL[π_old, π] */
  readonly klPenalty: KlPenaltyConfig
  /** ends an update early by the KL from the old policy */
  readonly klStop: KlStopConfig
  /** weight of the entropy bonus, ≥ 0 */
  readonly entropyCoef: number

  /** weight of the value loss ½ (V − G)², ≥ 0 */
  readonly valueCoef: number
  /** ε of the clipped value loss, > 0; null for the plain loss */
  readonly valueClip: number | null
  /** the larger of the plain and the clipped value loss (`max`), or the clipped one alone */
  readonly valueClipKind: 'max' | 'alone'
  /** δ > 0 of a Huber loss in place of the square; null for the square */
  readonly huber: number | null

  /** Adam's step size at the start, > 0 */
  readonly learningRate: number
  /** the value function's step size, with an Adam of its own, > 0; null: one Adam for both */
  readonly valueLearningRate: number | null
  /**
   * `linear` falls by one step per update, to 0 one update after the end of the run; `progress` falls with
   * the steps done when the update learns, to 0 in the last one; `adaptive` adapts to the KL of each
   * minibatch
   */
  readonly learningRateSchedule: 'constant' | 'linear' | 'progress' | 'adaptive'
  /** the rule of the `adaptive` schedule */
  readonly adaptiveRate: AdaptiveRateConfig
  /** Adam's moments */
  readonly adam: AdamSettings
  /** the bound of `gradClip`, > 0 */
  readonly maxGradNorm: number
  /**
   * what is bounded: the norm of the whole gradient, the norms of the policy's and the value
   * function's parts, each element, or nothing
   */
  readonly gradClip: 'global' | 'each' | 'element' | 'none'
}

import type { LogStdConfig } from './actions.ts'

/** The amount of experience per update, and the length of a run. */
export interface ActingConfig {
  /** B, the number of environments side by side: a whole number ≥ 1 */
  readonly envs: number
  /** T, steps of each environment per update: a whole number ≥ 1 */
  readonly steps: number
  /**
   * environment steps of the whole run: a whole number ≥ envs · steps;
   * updates = ⌊totalSteps / (envs · steps)⌋
   */
  readonly totalSteps: number
  /**
   * number of parts that the environments and each minibatch are split into: a whole number ≥ 1. Gradients
   * are summed in the order of the parts, so any number of threads gives the same bits.
   */
  readonly shards: number
}

/** How returns and advantages are estimated. */
export interface EstimatingConfig {
  /** γ, the discount: from 0 to 1 */
  readonly gamma: number
  /** λ of generalised advantage estimation: from 0 to 1 */
  readonly lambda: number
  /** λ of the value targets, from 0 to 1; null uses `lambda`, so that Gₜ = Âₜ + Vₜ */
  readonly valueLambda: number | null
  /**
   * how an episode that a time limit cut off is treated: `exact` bootstraps from the observation before the
   * reset, `terminate` treats it as a terminal state, `mask` drops the step, `current` bootstraps from the
   * state in which the last action was taken; see `rl.truncation`
   */
  readonly truncation: 'exact' | 'terminate' | 'mask' | 'current'
}

/** The settings of whitening: (Â − mean) / (std and ε). */
export interface WhiteningConfig {
  /** subtracted from the number of samples in the variance: 0 as NumPy, 1 as PyTorch */
  readonly ddof: 0 | 1
  /** ε ≥ 0 */
  readonly epsilon: number
  /** the divisor: `add` is std + ε, `max` is max(std, ε) */
  readonly epsilonKind: 'add' | 'max'
}

/** Whitening of advantages over the whole batch, or none. */
export interface BatchAdvantageConfig extends WhiteningConfig {
  /** `batch` whitens over the whole batch of an update, `none` leaves advantages as they are */
  readonly normalise: 'batch' | 'none'
}

/** Adam's moments: Kingma and Ba 2015, arXiv:1412.6980. */
export interface AdamSettings {
  /** β₁, decay of the first moment: from 0 to 0.9999999 */
  readonly beta1: number
  /** β₂, decay of the second moment: from 0 to 0.9999999 */
  readonly beta2: number
  /** ε > 0 */
  readonly epsilon: number
  /**
   * ε beside the root of the corrected second moment (`corrected`, as PyTorch), or of the plain one
   * (`uncorrected`, as TensorFlow 1)
   */
  readonly epsilonPlacement: 'corrected' | 'uncorrected'
}

/** Gains of orthogonal initial weights, each > 0. */
export interface GainConfig {
  /** of the hidden layers; √2 is usual for tanh */
  readonly hidden: number
  /** of the policy's output layer; small values start near a uniform policy */
  readonly policy: number
  /** of the value function's output layer */
  readonly value: number
}

/** The networks, and how continuous actions are bounded. */
export interface NetworkConfig {
  /** sizes of the tanh layers of both networks: up to 100 whole numbers ≥ 1, from input to output */
  readonly hidden: readonly number[]
  /** sizes of the value network's layers; null uses `hidden` */
  readonly valueHidden: readonly number[] | null
  /** two networks (`separate`), or one with two heads (`shared`) */
  readonly trunk: 'separate' | 'shared'
  /**
   * initial weights: `orthogonal` with the gains and zero biases, or `fanIn`: all uniform within
   * ±1/√inputs
   */
  readonly weights: 'orthogonal' | 'fanIn'
  /** gains of orthogonal initial weights */
  readonly gain: GainConfig
  /**
   * log σ of Gaussian actions: a free parameter or an output of the policy network, its initial value
   * from −10 to 2, and optional bounds; see `distribution.boundedLogStd`
   */
  readonly logStd: LogStdConfig
  /**
   * actions beyond the bounds of a box: clipped (`clip`), kept inside by a tanh (`squash`), or passed
   * to the environment unchanged (`none`)
   */
  readonly actionBound: 'clip' | 'squash' | 'none'
}

/** Settings of a value function with a separate network and optimiser. */
export interface SeparateValueConfig extends Omit<NetworkConfig, 'trunk'> {
  /** two networks: the value function has its own optimiser */
  readonly trunk: 'separate'
  /** Adam's step size for the value function, > 0 */
  readonly valueLearningRate: number
  /** passes of the value function over each batch: a whole number ≥ 1 */
  readonly valueEpochs: number
  /** steps of the value function per pass: a divisor of envs · steps */
  readonly valueMinibatches: number
  /** Adam's moments, of both optimisers */
  readonly adam: AdamSettings
}

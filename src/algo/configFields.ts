import type * as t from 'io-ts'
import type { LogStdConfig } from './actions.ts'
import { fields, list, mayLack, nullable, number, oneOf } from './codec.ts'

export const count = number({ from: 1, whole: true })
export const unit = number({ from: 0, to: 1 })
export const positive = number({ from: 0, above: true })
export const notNegative = number({ from: 0 })
export const decay = number({ from: 0, to: 0.9999999 })
const layers = list(count, 100, 'a list of up to 100 whole numbers >= 1')

/** How much is acted between two updates, and in all. */
export const acting = {
  /** B, environments side by side */
  envs: count,
  /** T, steps of each environment an update */
  steps: count,
  /** environment steps of the whole run; updates = ⌊totalSteps / (envs · steps)⌋ */
  totalSteps: count,
  /**
   * parts that the environments and each minibatch are cut into; their gradients are added up in
   * their order, so that any number of threads gives the same bits
   */
  shards: count,
}

/** What of returns and advantages every algorithm decides. */
export const estimating = {
  /** γ */
  gamma: unit,
  /** λ of GAE */
  lambda: unit,
  /** λ of the value targets; null: the same, so that Gₜ = Âₜ + Vₜ */
  valueLambda: nullable(unit),
  /** what an episode that was cut off from outside teaches: see rl.truncation */
  truncation: oneOf('exact', 'terminate', 'mask', 'current'),
}

/** What advantages are whitened with, where they are. */
export const whitening = {
  ddof: oneOf(0, 1),
  epsilon: notNegative,
  /** what is divided by: std + ε, or max(std, ε) */
  epsilonKind: oneOf('add', 'max'),
}

export const adamFields = fields({
  beta1: decay,
  beta2: decay,
  epsilon: positive,
  /** beside the root of the corrected second moment (PyTorch), or of the plain one (TensorFlow 1) */
  epsilonPlacement: oneOf('corrected', 'uncorrected'),
})

const logStd: t.Type<LogStdConfig> = mayLack(
  fields({
    kind: oneOf('free', 'state'),
    init: number({ from: -10, to: 2 }),
    min: nullable(number({ from: -1000, to: 1000 })),
    max: nullable(number({ from: -1000, to: 1000 })),
  }),
  { min: null, max: null },
)

/** Paths of optional config fields; a missing one is null. */
export const MAY_LACK = ['logStd.min', 'logStd.max'] as const

/** The networks, and what they make of continuous actions. */
export const network = {
  /** sizes of the tanh layers, of both networks */
  hidden: layers,
  /** those of V's network where they are others; null: the same */
  valueHidden: nullable(layers),
  /** two networks, or one with two heads */
  trunk: oneOf('separate', 'shared'),
  /** initial weights: orthogonal with the gains, zero biases; or all uniform within 1/√inputs */
  weights: oneOf('orthogonal', 'fanIn'),
  /** gains of the orthogonal initial weights */
  gain: fields({ hidden: positive, policy: positive, value: positive }),
  /**
   * log σ of Gaussian actions: free parameters, or outputs of the policy network, with initial value
   * `init`; clamped to [min, max] if given: see distribution.boundedLogStd
   */
  logStd,
  /** actions beyond a box's bounds: cut off, kept within by a tanh, or given to the environment as they are */
  actionBound: oneOf('clip', 'squash', 'none'),
}

/** Settings for V when it has its own network and optimiser. */
export const apart = {
  /** Adam's step size of V's steps */
  valueLearningRate: positive,
  /** passes of V over each batch */
  valueEpochs: count,
  /** V's steps a pass; divides envs · steps */
  valueMinibatches: count,
  adam: adamFields,
  ...network,
  trunk: oneOf('separate'),
}

/** How many updates a run has. */
export const updatesOf = ({
  totalSteps,
  envs,
  steps,
}: {
  readonly totalSteps: number
  readonly envs: number
  readonly steps: number
}): number => Math.floor(totalSteps / (envs * steps))

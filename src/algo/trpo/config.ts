import { fields, number, oneOf, type Codec } from '../codec.ts'
import {
  acting,
  apart,
  count,
  estimating,
  notNegative,
  positive,
  whitening,
} from '../configFields.ts'
import type {
  ActingConfig,
  BatchAdvantageConfig,
  EstimatingConfig,
  SeparateValueConfig,
} from '../configTypes.ts'
import { configFrom, type ConfigInput } from '../configFrom.ts'
import { checkedBy, decodeWith, type Decode } from '../decodeWith.ts'
import {
  equalValueMinibatches,
  oneUpdate,
  samplesForShards,
  startWithin,
  twoSamples,
} from '../relations.ts'
import { spinningUp } from '../spinningUp.ts'

/** The conjugate gradient that solves F s = g for the step's direction: see `optim.conjugateGradient`. */
export interface ConjugateGradientSettings {
  /** most iterations: a whole number ≥ 1 */
  readonly iterations: number
  /** stops when ‖r‖² is at most this, ≥ 0 */
  readonly tolerance: number
  /** added to the diagonal of the Fisher matrix, ≥ 0 */
  readonly damping: number
}

/** The line search along that direction: see `optim.backtracking`. */
export interface LineSearchSettings {
  /** factor of a step that goes too far: from 0.01 to 0.99 */
  readonly shrink: number
  /** most attempts to shrink: a whole number ≥ 1 */
  readonly steps: number
}

/** All settings of a run of TRPO. */
export interface TrpoConfig extends ActingConfig, EstimatingConfig, SeparateValueConfig {
  /** whitening of advantages over the batch */
  readonly advantage: BatchAdvantageConfig
  /** δ, the largest mean KL[π_old, π] of a step in nats, > 0 */
  readonly maxKl: number
  /** how the direction of a step is found */
  readonly conjugateGradient: ConjugateGradientSettings
  /** how far the step goes */
  readonly lineSearch: LineSearchSettings
}

const trpoConfig: Codec<TrpoConfig> = fields(
  {
    ...acting,
    ...estimating,
    advantage: fields({ normalise: oneOf('batch', 'none'), ...whitening }),
    maxKl: positive,
    conjugateGradient: fields({
      iterations: count,
      tolerance: notNegative,
      damping: notNegative,
    }),
    lineSearch: fields({
      shrink: number({ from: 0.01, to: 0.99 }),
      steps: count,
    }),
    ...apart,
  },
  'a config',
)

/** Decodes a config from outside the program, or returns everything that is wrong with it. */
export const decodeConfig: Decode<TrpoConfig> = decodeWith(trpoConfig, [
  equalValueMinibatches,
  samplesForShards,
  twoSamples,
  oneUpdate,
  startWithin,
])

/** @throws RangeError unless the config is valid */
export const checked: (config: TrpoConfig) => TrpoConfig = checkedBy(decodeConfig, 'trpo')

/**
 * Spinning Up's TRPO, which uses TensorFlow: Adam's ε is placed as in TensorFlow. There, weights start with
 * Glorot initialisation and biases at 0; here, both are uniform within ±1/√inputs, as in its PyTorch
 * algorithms.
 */
const spinningup: TrpoConfig = {
  ...spinningUp,
  maxKl: 0.01,
  conjugateGradient: { iterations: 10, tolerance: 0, damping: 0.1 },
  lineSearch: { shrink: 0.8, steps: 10 },
  adam: { ...spinningUp.adam, epsilonPlacement: 'uncorrected' },
}

/**
 * CartPole in seconds: many environments, smaller steps of V, a shorter horizon. Chosen on seeds 1001 to
 * 1012; the ten of them that it was run on reached 499 or more.
 */
const cartpole: TrpoConfig = {
  ...spinningup,
  envs: 16,
  steps: 64,
  gamma: 0.98,
  lambda: 0.95,
  valueLambda: null,
  valueLearningRate: 2e-3,
  valueEpochs: 5,
  valueMinibatches: 8,
  hidden: [32, 32],
  weights: 'orthogonal',
}

/** Pendulum: a horizon of ten steps, and a KL twice as large. Chosen on seeds 1001 to 1004. */
const pendulum: TrpoConfig = {
  ...cartpole,
  steps: 128,
  totalSteps: 100_000,
  gamma: 0.9,
  maxKl: 0.02,
  valueLearningRate: 1e-3,
  valueEpochs: 10,
  valueMinibatches: 32,
  hidden: [64, 64],
  logStd: { kind: 'free', init: 0 },
  actionBound: 'clip',
}

/** The presets of TRPO, by name: whole configs. */
export const presets = { spinningup, cartpole, pendulum } as const

/**
 * A whole config from a preset and the fields that you change: see `ppo.config`.
 *
 *     const config = trpo.config({ preset: 'spinningup', totalSteps: 100_000 })
 *
 * @throws RangeError for an unknown preset or field, with the nearest name, and for a value out of its
 * range
 */
export const config: (input: ConfigInput<TrpoConfig, keyof typeof presets>) => TrpoConfig =
  configFrom(presets, checked)

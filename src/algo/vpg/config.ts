import type * as t from 'io-ts'
import { fields, oneOf } from '../codec.ts'
import { acting, apart, estimating, notNegative, positive, whitening } from '../configFields.ts'
import { checkedBy, decodeWith, type Decode } from '../decodeWith.ts'
import {
  equalValueMinibatches,
  oneUpdate,
  samplesForShards,
  startWithin,
  twoSamples,
} from '../relations.ts'
import { spinningUp } from '../spinningUp.ts'

const vpgConfig = fields(
  {
    ...acting,
    ...estimating,
    /** Ψ, what log π(a|s) is weighted by: all that was earned from the step on, or its advantage */
    weight: oneOf('rewardToGo', 'gae'),
    /** whitening of Ψ over the batch */
    advantage: fields({ normalise: oneOf('batch', 'none'), ...whitening }),
    entropyCoef: notNegative,
    /** Adam's step size, of the policy's one step an update */
    learningRate: positive,
    ...apart,
  },
  'a config',
)

/** Every choice that a run of the vanilla policy gradient makes. */
export type VpgConfig = t.TypeOf<typeof vpgConfig>

/** A config from the outside world, or all that is wrong with it. */
export const decodeConfig: Decode<VpgConfig> = decodeWith(vpgConfig, [
  equalValueMinibatches,
  samplesForShards,
  twoSamples,
  oneUpdate,
  startWithin,
])

/** @throws RangeError unless the config can be */
export const checked = checkedBy(decodeConfig)

/** Spinning Up's VPG: 4,000 steps, one step of the policy and 80 of V. */
const spinningup: VpgConfig = {
  ...spinningUp,
  weight: 'gae',
  entropyCoef: 0,
  learningRate: 3e-4,
}

/**
 * CartPole in seconds: more and smaller batches, larger steps, a nearer horizon.
 *
 * λ = 1: with one step an update the value function lags behind, and λ = 0.95 leans on it. With that,
 * 18 of 20 tuning seeds reached 495; without, all 20 reach 500 (tuning seeds 1 to 20).
 */
const cartpole: VpgConfig = {
  ...spinningup,
  envs: 16,
  steps: 32,
  gamma: 0.98,
  lambda: 1,
  valueLambda: null,
  learningRate: 5e-3,
  valueEpochs: 5,
  valueMinibatches: 8,
  hidden: [32, 32],
  weights: 'orthogonal',
}

/**
 * Pendulum. The best of those tried on seeds 1001 and 1002, which have only begun to swing it up
 * after as many steps.
 */
const pendulum: VpgConfig = {
  ...cartpole,
  steps: 64,
  totalSteps: 100_000,
  gamma: 0.9,
  lambda: 0.95,
  learningRate: 1e-2,
  valueMinibatches: 16,
  hidden: [64, 64],
  logStd: { kind: 'free', init: 0 },
  actionBound: 'clip',
}

export const presets = { spinningup, cartpole, pendulum } as const

import { fc } from '@fast-check/vitest'
import { presets as a2cPresets, type A2cConfig } from '../../src/algo/a2c/config.ts'
import type { PpoConfig } from '../../src/algo/ppo/index.ts'
import { presets as trpoPresets, type TrpoConfig } from '../../src/algo/trpo/config.ts'
import { presets as vpgPresets, type VpgConfig } from '../../src/algo/vpg/config.ts'
import { small } from './runs.ts'

/** How many updates the runs of these configs have. */
const UPDATES = 2

const layers = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 })
const oneOf = fc.constantFrom

/** What all algorithms have, for two updates. */
const common = {
  envs: fc.integer({ min: 1, max: 4 }),
  steps: fc.integer({ min: 4, max: 7 }).map((half) => 2 * half),
  shards: fc.integer({ min: 1, max: 3 }),
  gamma: oneOf(0.9, 1),
  lambda: oneOf(0, 0.95, 1),
  valueLambda: oneOf(null, 1, 0.5),
  truncation: oneOf('exact' as const, 'terminate', 'mask', 'current'),
  hidden: layers,
  valueHidden: fc.option(layers, { nil: null }),
  weights: oneOf('orthogonal' as const, 'fanIn'),
  logStd: fc
    .record({
      kind: oneOf('free' as const, 'state'),
      init: oneOf(-1, 0, 0.5),
      min: oneOf(null, -0.01),
      max: oneOf(null, 0.01),
    })
    .map(({ kind, init, min, max }) =>
      // Bounds are around the first value, which must be within.
      ({
        kind,
        init,
        min: min === null ? null : init + min,
        max: max === null ? null : init + max,
      }),
    ),
  actionBound: oneOf('clip' as const, 'squash', 'none'),
} satisfies { readonly [name: string]: fc.Arbitrary<unknown> }

const whitening = fc.record({
  normalise: oneOf('batch' as const, 'none'),
  ddof: oneOf(0 as const, 1 as const),
  epsilon: oneOf(0.1, 1e-8),
  epsilonKind: oneOf('add' as const, 'max'),
})

const adam = fc.record({
  beta1: oneOf(0, 0.9),
  beta2: oneOf(0.99, 0.999),
  epsilon: oneOf(1e-8, 1e-3),
  epsilonPlacement: oneOf('corrected' as const, 'uncorrected'),
})

const entropyCoef = oneOf(0, 0.01)
const rate = oneOf(1e-3, 0.05)

const totalSteps = ({ envs, steps }: { readonly envs: number; readonly steps: number }): number =>
  UPDATES * envs * steps

/** PPO over every field, two small updates long. */
export const ppoConfigs: fc.Arbitrary<PpoConfig> = fc
  .record({
    ...common,
    epochs: fc.integer({ min: 1, max: 3 }),
    minibatches: oneOf(1, 2),
    shuffle: oneOf('epoch' as const, 'update'),
    recomputeAdvantages: fc.boolean(),
    advantage: whitening.chain((batch) =>
      oneOf('minibatch' as const, batch.normalise).map((normalise) => ({ ...batch, normalise })),
    ),
    normalise: fc.record({
      observation: fc.boolean(),
      reward: fc.boolean(),
      clip: oneOf(0.5, 10),
      epsilon: oneOf(1e-8, 0.1),
    }),
    surrogate: oneOf('clip' as const, 'clipAlone', 'dualClip', 'ratio'),
    clip: oneOf(0.01, 0.2),
    clipSchedule: oneOf('constant' as const, 'linear', 'progress'),
    dualClip: oneOf(1.01, 3),
    klPenalty: fc.record({
      kind: oneOf('none' as const, 'none', 'fixed', 'adaptive'),
      beta: oneOf(0.5, 2),
      target: oneOf(1e-6, 0.1),
    }),
    klStop: fc.record({
      target: oneOf(null, null, 1e-6, 1e-3, 0.1),
      factor: oneOf(1, 1.5),
      estimator: oneOf('k1' as const, 'k2', 'k3', 'exact'),
      when: oneOf('minibatch' as const, 'epoch'),
      scope: oneOf('both' as const, 'policy'),
    }),
    entropyCoef,
    valueCoef: oneOf(0, 0.5),
    valueClip: oneOf(null, 0.01, 0.2),
    valueClipKind: oneOf('max' as const, 'alone'),
    huber: oneOf(null, 0.1, 2),
    learningRate: rate,
    valueLearningRate: oneOf(null, 0.01),
    learningRateSchedule: oneOf('constant' as const, 'linear', 'progress', 'adaptive'),
    adaptiveRate: fc.constant({ desiredKl: 1e-3, factor: 1.5, min: 1e-5, max: 0.1 }),
    adam,
    maxGradNorm: oneOf(0.01, 100),
    gradClip: oneOf('global' as const, 'each', 'element', 'none'),
    trunk: oneOf('separate' as const, 'separate', 'shared'),
    gain: fc.constant(small.gain),
  })
  .map((config): PpoConfig => {
    const isShared = config.trunk === 'shared'
    const valueLearningRate = isShared ? null : config.valueLearningRate
    const { klStop, gradClip } = config
    return {
      ...config,
      totalSteps: totalSteps(config),
      shards: Math.min(config.shards, (config.envs * config.steps) / config.minibatches),
      valueHidden: isShared ? null : config.valueHidden,
      valueLearningRate,
      klStop: { ...klStop, scope: valueLearningRate === null ? 'both' : klStop.scope },
      gradClip: isShared && gradClip === 'each' ? 'global' : gradClip,
    }
  })

/** V's own steps. */
const apart = {
  valueLearningRate: rate,
  valueEpochs: fc.integer({ min: 1, max: 2 }),
  valueMinibatches: oneOf(1, 2),
  adam,
  trunk: fc.constant('separate' as const),
}

/** VPG over every field, two small updates long. */
export const vpgConfigs: fc.Arbitrary<VpgConfig> = fc
  .record({
    ...common,
    ...apart,
    advantage: whitening,
    weight: oneOf('rewardToGo' as const, 'gae'),
    entropyCoef,
    learningRate: rate,
  })
  .map((config) => ({ ...vpgPresets.cartpole, ...config, totalSteps: totalSteps(config) }))

/** TRPO over every field, two small updates long. */
export const trpoConfigs: fc.Arbitrary<TrpoConfig> = fc
  .record({
    ...common,
    ...apart,
    advantage: whitening,
    maxKl: oneOf(1e-4, 0.05),
    conjugateGradient: fc.record({
      iterations: fc.integer({ min: 1, max: 5 }),
      tolerance: oneOf(0, 1e-3),
      damping: oneOf(0, 0.1),
    }),
    lineSearch: fc.record({ shrink: oneOf(0.3, 0.8), steps: fc.integer({ min: 1, max: 5 }) }),
  })
  .map((config) => ({ ...trpoPresets.cartpole, ...config, totalSteps: totalSteps(config) }))

/** A2C over every field, two small updates long. */
export const a2cConfigs: fc.Arbitrary<A2cConfig> = fc
  .record({
    ...common,
    advantage: whitening,
    entropyCoef,
    valueCoef: oneOf(0, 0.5),
    maxGradNorm: oneOf(0.01, 100),
    learningRate: rate,
    learningRateSchedule: oneOf('constant' as const, 'linear', 'progress'),
    rmsProp: fc.record({
      decay: oneOf(0, 0.99),
      epsilon: oneOf(1e-5, 0.1),
      epsilonPlacement: oneOf('outside' as const, 'inside'),
      initialSquare: oneOf(0, 1),
    }),
    trunk: oneOf('separate' as const, 'shared'),
  })
  .map((config) => ({
    ...a2cPresets.cartpole,
    ...config,
    totalSteps: totalSteps(config),
    valueHidden: config.trunk === 'shared' ? null : config.valueHidden,
  }))

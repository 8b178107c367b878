/** Every convention that a config can choose, at the sizes of the default path. */
import { a2c, ppo, trpo, vpg } from '../../src/index.ts'
import type * as environments from './syntheticEnvironments.ts'

/** An algorithm, and a config of it. */
export type Method =
  | { readonly algorithm: 'ppo'; readonly config: ppo.PpoConfig }
  | { readonly algorithm: 'vpg'; readonly config: vpg.VpgConfig }
  | { readonly algorithm: 'a2c'; readonly config: a2c.A2cConfig }
  | { readonly algorithm: 'trpo'; readonly config: trpo.TrpoConfig }

export type Row = Method & {
  readonly env: keyof typeof environments
  /** the row that it is compared with */
  readonly beside: string
}

const LONG = { totalSteps: 1e9 }

/** CleanRL's ppo.py: 4 envs × 128 steps, 4 epochs of 4 minibatches, two networks 64 64. */
const cleanrl: ppo.PpoConfig = { ...ppo.preset('cleanrl'), ...LONG }

const { envs, steps, epochs, minibatches, shards, hidden } = cleanrl
const batch = { envs, steps, shards, hidden, ...LONG }
const sizes = { ...batch, epochs, minibatches }
const valueSteps = { valueEpochs: epochs, valueMinibatches: minibatches }

export const DEFAULT = 'default'
const SYNTHETIC = 'default, synthetic'
const GAUSSIAN = 'Gaussian'
const WIDE = '4,096 actions'

const learned = (change: Partial<ppo.PpoConfig> = {}): Row => ({
  algorithm: 'ppo',
  config: { ...cleanrl, ...change },
  env: 'cartPole',
  beside: DEFAULT,
})

const acted = (
  env: Row['env'],
  change: Partial<ppo.PpoConfig> = {},
  beside: string = SYNTHETIC,
): Row => ({ ...learned(change), env, beside })

const onCartPole = { env: 'cartPole', beside: DEFAULT } as const

const { klPenalty, klStop, logStd } = cleanrl

export const rows: ReadonlyMap<string, Row> = new Map<string, Row>([
  [DEFAULT, learned()],
  ['default, again', learned()],
  ['shared trunk', learned({ trunk: 'shared' })],
  ['KL stop, sampled', learned({ klStop: { ...klStop, target: 1e9, when: 'minibatch' } })],
  [
    'KL stop, exact',
    learned({ klStop: { ...klStop, target: 1e9, when: 'minibatch', estimator: 'exact' } }),
  ],
  ['KL penalty, fixed', learned({ klPenalty: { ...klPenalty, kind: 'fixed' } })],
  ['KL penalty, adaptive', learned({ klPenalty: { ...klPenalty, kind: 'adaptive' } })],
  ['adaptive rate', learned({ learningRateSchedule: 'adaptive' })],
  ['value optimiser', learned({ valueLearningRate: 1e-3 })],
  ['clip per network', learned({ gradClip: 'each' })],
  ['clip per element', learned({ gradClip: 'element' })],
  ['recomputed advantages', learned({ recomputeAdvantages: true })],
  ['normalised observations', learned({ normalise: { ...cleanrl.normalise, observation: true } })],
  ['preset sb3', learned({ ...ppo.preset('sb3'), ...sizes })],
  ['preset baselines', learned({ ...ppo.preset('baselines'), ...sizes })],
  ['preset spinningup', learned({ ...ppo.preset('spinningup'), ...sizes })],
  ['preset rslRl', learned({ ...ppo.preset('rslRl'), ...sizes })],
  [
    'VPG',
    {
      ...onCartPole,
      algorithm: 'vpg',
      config: { ...vpg.presets.spinningup, ...batch, ...valueSteps },
    },
  ],
  [
    'A2C',
    {
      ...onCartPole,
      algorithm: 'a2c',
      config: { ...a2c.presets.sb3, ...batch },
    },
  ],
  [
    'A2C, 1 env × 5 steps',
    {
      ...onCartPole,
      algorithm: 'a2c',
      config: { ...a2c.presets.sb3, ...LONG },
    },
  ],
  [
    'TRPO',
    {
      ...onCartPole,
      algorithm: 'trpo',
      config: { ...trpo.presets.spinningup, ...batch, ...valueSteps },
    },
  ],
  [SYNTHETIC, acted('discrete', {}, DEFAULT)],
  ['mask', acted('masked')],
  ['multi-discrete', acted('multiDiscrete')],
  ['Bernoulli', acted('bernoulli')],
  ['hybrid', acted('hybrid')],
  [GAUSSIAN, acted('continuous')],
  ['squashed', acted('continuous', { actionBound: 'squash' })],
  ['σ of the state', acted('continuous', { logStd: { ...logStd, kind: 'state' } })],
  ['bounded σ', acted('continuous', { logStd: { ...logStd, min: -2, max: 1 } })],
  [WIDE, acted('wide', {}, WIDE)],
  ['4,096 actions, masked', acted('wideMasked', {}, WIDE)],
])

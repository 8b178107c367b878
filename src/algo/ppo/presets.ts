import type { PpoConfig } from './config.ts'

/** CleanRL's ppo.py at its defaults. */
const cleanrl: PpoConfig = {
  envs: 4,
  steps: 128,
  totalSteps: 500_000,
  epochs: 4,
  minibatches: 4,
  shards: 2,
  gamma: 0.99,
  lambda: 0.95,
  clip: 0.2,
  valueClip: 0.2,
  entropyCoef: 0.01,
  valueCoef: 0.5,
  maxGradNorm: 0.5,
  learningRate: 2.5e-4,
  learningRateSchedule: 'linear',
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-5 },
  advantage: { normalise: 'minibatch', ddof: 1, epsilon: 1e-8 },
  hidden: [64, 64],
  gain: { hidden: Math.SQRT2, policy: 0.01, value: 1 },
}

/**
 * CartPole in seconds: narrower networks, more environments, larger steps, a nearer horizon.
 * Chosen on seeds 1101 to 1140 and 1201 to 1240, of which all but one reached 500.
 */
const cartpole: PpoConfig = {
  ...cleanrl,
  envs: 16,
  steps: 32,
  totalSteps: 200_000,
  gamma: 0.98,
  lambda: 0.9,
  valueClip: null,
  learningRate: 2e-3,
  hidden: [32, 32],
}

/** Well-known sets of choices, and one for each world. */
export const presets = { cleanrl, cartpole } as const satisfies {
  readonly [name: string]: PpoConfig
}

export type PresetName = keyof typeof presets

export const isPresetName = (name: string): name is PresetName => Object.hasOwn(presets, name)

/**
 * The config of that name.
 *
 * @throws RangeError when there is none of that name
 */
export const preset = (name: PresetName): PpoConfig => {
  if (!isPresetName(name))
    throw new RangeError(
      `preset: expected one of ${Object.keys(presets).join(', ')}, got ${JSON.stringify(name)}`,
    )
  return presets[name]
}

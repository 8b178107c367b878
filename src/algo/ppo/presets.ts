import { near } from '../nearest.ts'
import type { PpoConfig } from './config.ts'

/** CleanRL's ppo.py at its defaults, which takes a truncation for a termination. */
const cleanrl: PpoConfig = {
  envs: 4,
  steps: 128,
  totalSteps: 500_000,
  epochs: 4,
  minibatches: 4,
  shuffle: 'epoch',
  shards: 2,
  gamma: 0.99,
  lambda: 0.95,
  valueLambda: null,
  truncation: 'terminate',
  recomputeAdvantages: false,
  advantage: { normalise: 'minibatch', ddof: 1, epsilon: 1e-8, epsilonKind: 'add' },
  normalise: { observation: false, reward: false, clip: 10, epsilon: 1e-8 },
  surrogate: 'clip',
  clip: 0.2,
  clipSchedule: 'constant',
  dualClip: 3,
  klPenalty: { kind: 'none', beta: 1, target: 0.01 },
  klStop: { target: null, factor: 1, estimator: 'k3', when: 'epoch', scope: 'both' },
  entropyCoef: 0.01,
  valueCoef: 0.5,
  valueClip: 0.2,
  valueClipKind: 'max',
  huber: null,
  learningRate: 2.5e-4,
  valueLearningRate: null,
  learningRateSchedule: 'linear',
  adaptiveRate: { desiredKl: 0.01, factor: 1.5, min: 1e-5, max: 1e-2 },
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-5, epsilonPlacement: 'corrected' },
  maxGradNorm: 0.5,
  gradClip: 'global',
  hidden: [64, 64],
  valueHidden: null,
  trunk: 'separate',
  weights: 'orthogonal',
  gain: { hidden: Math.SQRT2, policy: 0.01, value: 1 },
  logStd: { kind: 'free', init: 0 },
  actionBound: 'clip',
}

/**
 * Stable-Baselines3's PPO with its MlpPolicy. Its value loss has no ½, so its coefficient of 0.5
 * is 1 here. A clipped value loss, off by default, has no maximum there.
 */
const sb3: PpoConfig = {
  ...cleanrl,
  envs: 1,
  steps: 2048,
  totalSteps: 1_000_000,
  epochs: 10,
  minibatches: 32,
  truncation: 'exact',
  klStop: { target: null, factor: 1.5, estimator: 'k3', when: 'minibatch', scope: 'both' },
  entropyCoef: 0,
  valueCoef: 1,
  valueClip: null,
  valueClipKind: 'alone',
  learningRate: 3e-4,
  learningRateSchedule: 'constant',
}

/** OpenAI Baselines' ppo2 at the defaults of its `learn`: one trunk, NumPy's std, TensorFlow's Adam. */
const baselines: PpoConfig = {
  ...cleanrl,
  envs: 1,
  steps: 2048,
  totalSteps: 1_000_000,
  advantage: { normalise: 'minibatch', ddof: 0, epsilon: 1e-8, epsilonKind: 'add' },
  entropyCoef: 0,
  learningRate: 3e-4,
  learningRateSchedule: 'constant',
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-5, epsilonPlacement: 'uncorrected' },
  trunk: 'shared',
}

/**
 * Spinning Up's PPO in PyTorch: whole batches, the policy's steps ended by its KL, V with an
 * optimiser of its own and no ½ in its loss, targets that look to the end.
 * There an epoch ends by a reset of the world; here episodes go on.
 */
const spinningup: PpoConfig = {
  ...cleanrl,
  envs: 1,
  steps: 4000,
  totalSteps: 200_000,
  epochs: 80,
  minibatches: 1,
  lambda: 0.97,
  valueLambda: 1,
  truncation: 'exact',
  advantage: { normalise: 'batch', ddof: 0, epsilon: 0, epsilonKind: 'add' },
  klStop: { target: 0.01, factor: 1.5, estimator: 'k1', when: 'minibatch', scope: 'policy' },
  entropyCoef: 0,
  valueCoef: 2,
  valueClip: null,
  learningRate: 3e-4,
  valueLearningRate: 1e-3,
  learningRateSchedule: 'constant',
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, epsilonPlacement: 'corrected' },
  gradClip: 'none',
  weights: 'fanIn',
  logStd: { kind: 'free', init: -0.5 },
  actionBound: 'none',
}

/**
 * rsl_rl's PPO as legged robots are trained with it: thousands of worlds, few steps, a learning
 * rate that follows the KL, no ½ in the value loss. There layers are ELU and the noise is σ
 * itself; here they are tanh and log σ. There 1e-5 in its KL's logarithm lets the rate rise before the
 * first step of an update, where the KL is 0.
 */
const rslRl: PpoConfig = {
  ...cleanrl,
  envs: 4096,
  steps: 24,
  totalSteps: 147_456_000,
  epochs: 5,
  shuffle: 'update',
  truncation: 'current',
  advantage: { normalise: 'batch', ddof: 1, epsilon: 1e-8, epsilonKind: 'add' },
  valueCoef: 2,
  learningRate: 1e-3,
  learningRateSchedule: 'adaptive',
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, epsilonPlacement: 'corrected' },
  maxGradNorm: 1,
  gradClip: 'each',
  hidden: [256, 256, 256],
  weights: 'fanIn',
  actionBound: 'none',
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
  truncation: 'exact',
  valueClip: null,
  learningRate: 2e-3,
  hidden: [32, 32],
}

/**
 * CartPole by the penalty β KL[π_old, π] in place of clipping, β following the KL: the other form
 * of the same paper, arXiv:1707.06347, section 4.
 * Chosen on seeds 1001 to 1020; the 13 of them that it was run on reached 500.
 */
const cartpoleKl: PpoConfig = {
  ...cartpole,
  steps: 64,
  minibatches: 8,
  lambda: 0.95,
  surrogate: 'ratio',
  klPenalty: { kind: 'adaptive', beta: 1, target: 0.005 },
  entropyCoef: 0,
  learningRate: 1.5e-3,
}

/** Pendulum: a horizon of ten steps, rewards scaled. Chosen on seeds 1001 to 1003. */
const pendulum: PpoConfig = {
  ...sb3,
  envs: 16,
  steps: 128,
  totalSteps: 100_000,
  gamma: 0.9,
  normalise: { observation: false, reward: true, clip: 10, epsilon: 1e-8 },
  learningRate: 1e-3,
  learningRateSchedule: 'linear',
}

/** Well-known sets of choices, and some for each world. */
export const presets = {
  cleanrl,
  sb3,
  baselines,
  spinningup,
  rslRl,
  cartpole,
  cartpoleKl,
  pendulum,
} as const satisfies { readonly [name: string]: PpoConfig }

export type PresetName = keyof typeof presets

export const isPresetName = (name: string): name is PresetName => Object.hasOwn(presets, name)

/**
 * The config of that name.
 *
 * @throws RangeError when there is none of that name
 */
export const preset = (name: PresetName): PpoConfig => {
  if (!isPresetName(name)) {
    const like = near(String(name), Object.keys(presets))
    throw new RangeError(
      `preset: expected one of ${Object.keys(presets).join(', ')}, got ${JSON.stringify(name)}${like === null ? '' : `: did you mean ${like}?`}`,
    )
  }
  return presets[name]
}

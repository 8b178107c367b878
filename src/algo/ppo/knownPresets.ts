import type { PpoConfig } from './config.ts'

/** CleanRL's ppo.py at its defaults, which treats a truncation as a termination. */
export const cleanrl: PpoConfig = {
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
export const sb3: PpoConfig = {
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
export const baselines: PpoConfig = {
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
 * Spinning Up's PPO in PyTorch: whole batches, a KL stop for the policy's steps, a separate optimiser for V
 * without the ½ in its loss, and targets that use all rewards to the end. There, an epoch ends with a reset
 * of the environment; here, episodes continue.
 */
export const spinningup: PpoConfig = {
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
 * rsl_rl's PPO with its settings for legged robots: thousands of environments, few steps, a learning rate
 * that adapts to the KL, no ½ in the value loss. There, layers are ELU and the noise parameter is σ itself;
 * here, they are tanh and log σ. There 1e-5 in its KL's logarithm lets the rate rise before the first step of
 * an update, where the KL is 0.
 */
export const rslRl: PpoConfig = {
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

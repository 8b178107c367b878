import type { PpoConfig } from '../algo/ppo/config.ts'
import { cleanrl } from '../algo/ppo/knownPresets.ts'
import { cartPole } from '../env/cartPole.ts'
import { drawCartPole } from '../picture/draw/cartPole.ts'
import { builtIn } from './builtIn.ts'

/**
 * CartPole in seconds: narrower networks, more environments, larger steps, a nearer horizon.
 * Chosen on seeds 1101 to 1140 and 1201 to 1240; 1301 to 1316 all reached 500.
 */
const preset: PpoConfig = {
  ...cleanrl,
  envs: 16,
  steps: 32,
  totalSteps: 100_000,
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
export const cartpoleKl: PpoConfig = {
  ...preset,
  steps: 64,
  totalSteps: 200_000,
  minibatches: 8,
  lambda: 0.95,
  surrogate: 'ratio',
  klPenalty: { kind: 'adaptive', beta: 1, target: 0.005 },
  entropyCoef: 0,
  learningRate: 1.5e-3,
}

export const cartPoleRecord = builtIn({
  env: cartPole,
  preset,
  draw: ({ state }) => drawCartPole(state),
  framesPerSecond: 50,
})

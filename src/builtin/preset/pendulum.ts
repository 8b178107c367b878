import type { PpoConfig } from '../../algo/ppo/config.ts'
import { sb3 } from '../../algo/ppo/knownPresets.ts'

/** Pendulum: a horizon of twenty steps, rewards scaled. Chosen on seeds 1001 to 1004. */
export const pendulum: PpoConfig = {
  ...sb3,
  envs: 16,
  steps: 128,
  totalSteps: 300_000,
  gamma: 0.95,
  normalise: { observation: false, reward: true, clip: 10, epsilon: 1e-8 },
  learningRate: 1e-3,
  learningRateSchedule: 'linear',
}

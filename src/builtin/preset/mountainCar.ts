import type { PpoConfig } from '../../algo/ppo/config.ts'
import { cleanrl } from '../../algo/ppo/knownPresets.ts'

/**
 * MountainCar: nothing is paid for until the flag is reached, which is found since whitening makes
 * much of small moves. A far horizon, as the flag is over 100 steps away. Chosen on seeds 1001 and 1002.
 */
export const mountainCar: PpoConfig = {
  ...cleanrl,
  envs: 16,
  steps: 64,
  totalSteps: 1_000_000,
  gamma: 0.999,
  lambda: 0.98,
  truncation: 'exact',
  normalise: { observation: true, reward: true, clip: 10, epsilon: 1e-8 },
  valueClip: null,
  learningRate: 1e-3,
}

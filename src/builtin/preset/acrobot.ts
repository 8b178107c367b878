import type { PpoConfig } from '../../algo/ppo/config.ts'
import { cleanrl } from '../../algo/ppo/knownPresets.ts'

/** Acrobot by larger steps than CleanRL's, and more of them. Chosen on seeds 1001 to 1010. */
export const acrobot: PpoConfig = {
  ...cleanrl,
  envs: 16,
  epochs: 8,
  truncation: 'exact',
  valueClip: null,
  learningRate: 2e-3,
}

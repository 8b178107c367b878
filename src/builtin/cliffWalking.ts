import type { PpoConfig } from '../algo/ppo/config.ts'
import { cleanrl } from '../algo/ppo/knownPresets.ts'
import { cliffWalking } from '../env/cliffWalking.ts'
import { drawCliffWalking } from '../picture/draw/cliffWalking.ts'
import { builtIn } from './builtIn.ts'

/** CliffWalking: a fall costs as much as a hundred steps, so that rewards are scaled. Chosen on seeds 1001 to 1003. */
const preset: PpoConfig = {
  ...cleanrl,
  envs: 16,
  totalSteps: 300_000,
  lambda: 0.8,
  truncation: 'exact',
  normalise: { observation: false, reward: true, clip: 10, epsilon: 1e-8 },
  valueClip: null,
  learningRate: 3e-3,
}

export const cliffWalkingRecord = builtIn({
  env: cliffWalking,
  preset,
  draw: ({ state }) => drawCliffWalking(state),
  framesPerSecond: 4,
})

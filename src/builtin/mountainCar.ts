import type { PpoConfig } from '../algo/ppo/config.ts'
import { cleanrl } from '../algo/ppo/knownPresets.ts'
import { mountainCar } from '../env/mountainCar.ts'
import { drawMountainCar } from '../picture/draw/mountainCar.ts'
import { builtIn } from './builtIn.ts'

/**
 * MountainCar: nothing is paid for until the flag is reached, which is found since whitening makes
 * much of small moves. A far horizon, as the flag is over 100 steps away. Chosen on seeds 1001 and 1002.
 */
const preset: PpoConfig = {
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

const drawCar = drawMountainCar(0.5)

export const mountainCarRecord = builtIn({
  env: mountainCar,
  preset,
  draw: ({ state }) => drawCar(state),
  framesPerSecond: 30,
})

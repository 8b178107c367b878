import type { PpoConfig } from '../algo/ppo/config.ts'
import { cleanrl } from '../algo/ppo/knownPresets.ts'
import { flappyBirdPixels } from '../env/flappyBirdPixels.ts'
import { drawFlappyBirdPixels } from '../picture/draw/flappyBirdPixels.ts'
import { builtIn } from './builtIn.ts'

/** The same by its pixels, with a wide first layer: a start, which nothing was tried against. */
const preset: PpoConfig = {
  ...cleanrl,
  envs: 16,
  steps: 256,
  totalSteps: 1_000_000,
  minibatches: 8,
  lambda: 0.98,
  truncation: 'exact',
  clip: 0.3,
  clipSchedule: 'linear',
  valueClip: null,
  learningRate: 5e-4,
  hidden: [256, 64],
}

export const flappyBirdPixelsRecord = builtIn({
  env: flappyBirdPixels,
  preset,
  draw: ({ state }) => drawFlappyBirdPixels(state),
  framesPerSecond: 30,
})

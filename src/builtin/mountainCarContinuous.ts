import type { PpoConfig } from '../algo/ppo/config.ts'
import { sb3 } from '../algo/ppo/knownPresets.ts'
import { mountainCarContinuous } from '../env/mountainCarContinuous.ts'
import { drawMountainCar } from '../picture/draw/mountainCar.ts'
import { builtIn } from './builtIn.ts'

/**
 * MountainCarContinuous: noise wider than the bounds of the force, so that it pushes fully one way or
 * the other until the flag is found: noise within them never gets there, and learns to rest.
 * Chosen on seeds 1001 to 1023.
 */
const preset: PpoConfig = {
  ...sb3,
  envs: 16,
  steps: 64,
  totalSteps: 100_000,
  gamma: 0.9999,
  normalise: { observation: true, reward: true, clip: 10, epsilon: 1e-8 },
  learningRate: 1e-3,
  learningRateSchedule: 'linear',
  logStd: { kind: 'free', init: 1.5 },
}

const drawCar = drawMountainCar(0.45)

export const mountainCarContinuousRecord = builtIn({
  env: mountainCarContinuous,
  preset,
  draw: ({ state }) => drawCar(state),
  framesPerSecond: 30,
})

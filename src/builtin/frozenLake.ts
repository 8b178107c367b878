import type { PpoConfig } from '../algo/ppo/config.ts'
import { cleanrl } from '../algo/ppo/knownPresets.ts'
import { FROZEN_LAKE_4X4, frozenLake } from '../env/frozenLake.ts'
import { drawFrozenLake } from '../picture/draw/frozenLake.ts'
import { builtIn } from './builtIn.ts'

/** FrozenLake. Chosen on seeds 1001 to 1003. */
const preset: PpoConfig = {
  ...cleanrl,
  envs: 16,
  steps: 64,
  totalSteps: 200_000,
  truncation: 'exact',
  valueClip: null,
  learningRate: 1e-3,
}

const drawLake = drawFrozenLake(FROZEN_LAKE_4X4)

export const frozenLakeRecord = builtIn({
  env: frozenLake,
  preset,
  draw: ({ state }) => drawLake(state),
  framesPerSecond: 4,
})

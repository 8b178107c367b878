import type { PpoConfig } from '../algo/ppo/config.ts'
import { cleanrl } from '../algo/ppo/knownPresets.ts'
import { acrobot } from '../env/acrobot.ts'
import { drawAcrobot } from '../picture/draw/acrobot.ts'
import { builtIn } from './builtIn.ts'

/** Acrobot by larger steps than CleanRL's, and more of them. Chosen on seeds 1001 to 1010. */
const preset: PpoConfig = {
  ...cleanrl,
  envs: 16,
  epochs: 8,
  truncation: 'exact',
  valueClip: null,
  learningRate: 2e-3,
}

export const acrobotRecord = builtIn({
  env: acrobot,
  preset,
  draw: ({ state }) => drawAcrobot(state),
  framesPerSecond: 15,
})

import { presets as a2c } from '../algo/a2c/config.ts'
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import { presets as trpo } from '../algo/trpo/config.ts'
import { presets as vpg } from '../algo/vpg/config.ts'
import { presets as ppo } from './ppoPresets.ts'

export { isPresetName, preset, presets, type PresetName } from './ppoPresets.ts'

/** The presets of each algorithm, the well-known ones first. */
export const presetsOf: {
  readonly [N in AlgorithmName]: { readonly [name: string]: Settings }
} = { ppo, vpg, a2c, trpo }

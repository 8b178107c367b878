import { presets as a2c } from '../algo/a2c/config.ts'
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import type { PpoConfig } from '../algo/ppo/config.ts'
import { presets as knownPresets } from '../algo/ppo/presets.ts'
import { presets as trpo } from '../algo/trpo/config.ts'
import { presets as vpg } from '../algo/vpg/config.ts'
import { near } from '../tensor/nearest.ts'
import { cartpoleKl } from './cartPole.ts'
import { builtIns, type BuiltInName } from './index.ts'

const ofEnvironments = Object.fromEntries(
  Object.entries(builtIns).map(([name, { preset }]) => [name, preset]),
) as { readonly [Name in BuiltInName]: PpoConfig }

/** Well-known sets of choices, one for each built-in environment, and CartPole with a KL penalty. */
export const presets = { ...knownPresets, ...ofEnvironments, cartpoleKl } as const

/** The presets of each algorithm, the well-known ones first. */
export const presetsOf: {
  readonly [N in AlgorithmName]: { readonly [name: string]: Settings }
} = { ppo: presets, vpg, a2c, trpo }

export type PresetName = keyof typeof presets

export const isPresetName = (name: string): name is PresetName => Object.hasOwn(presets, name)

/**
 * The config of that name.
 *
 * @throws RangeError when there is none of that name
 */
export const preset = (name: PresetName): PpoConfig => {
  if (!isPresetName(name)) {
    const like = near(String(name), Object.keys(presets))
    throw new RangeError(
      `preset: expected one of ${Object.keys(presets).join(', ')}, got ${JSON.stringify(name)}${like === null ? '' : `: did you mean ${like}?`}`,
    )
  }
  return presets[name]
}

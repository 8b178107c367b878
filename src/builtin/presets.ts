import type { PpoConfig } from '../algo/ppo/config.ts'
import { presets as knownPresets } from '../algo/ppo/presets.ts'
import { near } from '../tensor/nearest.ts'
import { cartpoleKl } from './cartPole.ts'
import { builtIns, type BuiltInName } from './index.ts'

const ofEnvironments = Object.fromEntries(
  Object.entries(builtIns).map(([name, { preset }]) => [name, preset]),
) as { readonly [Name in BuiltInName]: PpoConfig }

/** Well-known sets of choices, one for each built-in environment, and CartPole with a KL penalty. */
export const presets = { ...knownPresets, ...ofEnvironments, cartpoleKl } as const

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

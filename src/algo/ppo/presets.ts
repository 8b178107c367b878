import { near } from '../../tensor/nearest.ts'
import type { PpoConfig } from './config.ts'
import { baselines, cleanrl, rslRl, sb3, spinningup } from './knownPresets.ts'
import { worldPresets } from './worldPresets.ts'

/** Well-known sets of choices, and one for each world. */
export const presets = {
  cleanrl,
  sb3,
  baselines,
  spinningup,
  rslRl,
  ...worldPresets,
} as const satisfies { readonly [name: string]: PpoConfig }

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

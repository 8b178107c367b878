import type { PpoConfig } from './config.ts'
import { baselines, cleanrl, rslRl, sb3, spinningup } from './knownPresets.ts'

/** Well-known sets of choices. The package's `ppo.presets` also has one for each environment. */
export const presets = {
  cleanrl,
  sb3,
  baselines,
  spinningup,
  rslRl,
} as const satisfies { readonly [name: string]: PpoConfig }

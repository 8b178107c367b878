export * from './algo/ppo/index.ts'
export { config, preset, presets, type PresetName } from './builtin/ppoPresets.ts'
export type { ConfigInput, Overrides } from './algo/configFrom.ts'

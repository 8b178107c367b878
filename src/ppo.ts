export * from './algo/ppo/index.ts'
export { preset, presets, type PresetName } from './builtin/presets.ts'

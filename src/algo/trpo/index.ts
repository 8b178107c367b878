export { actor, type ActOptions, type Actor } from '../actor.ts'
export { config, decodeConfig, presets, type TrpoConfig } from './config.ts'
export {
  asyncParts,
  init,
  initAsync,
  iterate,
  iterateAsync,
  parts,
  pausingParts,
  run,
  runAsync,
  stages,
  train,
  trainAsync,
  withParams,
  type AsyncParts,
  type Metrics,
  type Parts,
  type PausingParts,
  type State,
} from './iterate.ts'
export { threadedParts, type ThreadedParts, type ThreadOptions } from './threads.ts'
export type { StepMetrics } from './step.ts'

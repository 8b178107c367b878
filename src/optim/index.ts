export {
  adam,
  kernelEpsilon,
  type AdamConfig,
  type AdamState,
  type EpsilonPlacement,
} from './adam.ts'
export { adamW, type AdamWConfig } from './adamW.ts'
export { adaptLearningRate, type KlAdaptive } from './adaptLearningRate.ts'
export { backtracking } from './backtracking.ts'
export { clipByGlobalNorm, globalNorm, type ClipState } from './clipByGlobalNorm.ts'
export { clipByNormEach } from './clipByNormEach.ts'
export { clipElements } from './clipElements.ts'
export {
  conjugateGradient,
  type ConjugateGradientConfig,
  type Solution,
} from './conjugateGradient.ts'
export { noClip } from './noClip.ts'
export { rmsProp, type RmsPropConfig, type RmsPropState } from './rmsProp.ts'
export {
  constant,
  cosine,
  linearStairs,
  scheduleFactor,
  type RunPlace,
  type Schedule,
  type ScheduleKind,
} from './schedule.ts'
export { sgd, type SgdState } from './sgd.ts'
export { chain, type Flat, type Transform } from './transform.ts'

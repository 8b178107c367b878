export { gae } from './gae.ts'
export { wilson } from './wilson.ts'
export { performanceProfile, type ProfilePoint } from './performanceProfile.ts'
export {
  improvementInterval,
  probabilityOfImprovement,
  type Rivals,
} from './probabilityOfImprovement.ts'
export { kStepAdvantage, kStepReturn, type KStepConfig } from './kStep.ts'
export { kStepWeights } from './kStepWeights.ts'
export { discountedReturn, lambdaReturn } from './returns.ts'
export type { Discount, Steps, TimeEnv } from './steps.ts'
export { truncation, type TruncationKind } from './truncation.ts'
export { whiten, whiteningScale, type WhitenConfig } from './whiten.ts'
export * as moments from './moments.ts'
export type { Moments } from './moments.ts'
export { normaliseObservation, type NormaliseConfig } from './normaliseObservation.ts'
export {
  divideByReturns,
  noRewards,
  runningReturn,
  scaleReward,
  type RewardScale,
  type RewardSteps,
} from './scaleReward.ts'
export { policyGradient, policyGradientGrad, policyGradientTerm } from './loss/policyGradient.ts'
export { ratioSurrogate, ratioSurrogateGrad, ratioSurrogateTerm } from './loss/ratioSurrogate.ts'
export { clipAlone, clipAloneGrad, clipAloneTerm } from './loss/clipAlone.ts'
export {
  clippedSurrogate,
  clippedSurrogateGrad,
  clippedSurrogateTerm,
  type ClipConfig,
} from './loss/clippedSurrogate.ts'
export { CLIP_CASES, clipCase, type ClipCase } from './loss/clipCase.ts'
export { dualClip, dualClipGrad, dualClipTerm, type DualClipConfig } from './loss/dualClip.ts'
export {
  surrogate,
  surrogateGrad,
  surrogateTerm,
  type SurrogateConfig,
  type SurrogateKind,
} from './loss/surrogate.ts'
export type { Surrogate, SurrogateBatch, SurrogateTerm } from './loss/perSample.ts'
export * as klPenalty from './loss/klPenalty.ts'
export {
  valueLoss,
  valueLossGrad,
  valueTerm,
  type ValueBatch,
  type ValueLossConfig,
  type ValueTerm,
} from './loss/value.ts'
export * as kl from './kl.ts'
export { bootstrap, type Interval, type Statistic } from './bootstrap.ts'
export { interquartileMean } from './interquartileMean.ts'
export { mean, meanStd } from './meanStd.ts'
export { meanInterval } from './meanInterval.ts'
export { approxKl, clipFraction, explainedVariance } from './metrics.ts'

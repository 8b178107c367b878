export { gae } from './gae.ts'
export { discountedReturn, lambdaReturn } from './returns.ts'
export type { Discount, Steps, TimeEnv } from './steps.ts'
export { whiten } from './whiten.ts'
export {
  clippedSurrogate,
  clippedSurrogateGrad,
  clippedWithoutMin,
  clippedWithoutMinGrad,
  type ClipConfig,
  type SurrogateBatch,
} from './loss/clippedSurrogate.ts'
export { valueLoss, valueLossGrad, type ValueBatch, type ValueLossConfig } from './loss/value.ts'
export { approxKl, clipFraction, explainedVariance } from './metrics.ts'

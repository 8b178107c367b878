export { actor, type ActOptions, type Actor } from '../actor.ts'
export type { BackendChoice } from '../agent.ts'
export { describeMistakes, type Mistake } from '../mistake.ts'
export { updatesOf, type PpoConfig } from './config.ts'
export { decodeConfig } from './decode.ts'
export type { Learner, LearnerParts, TrainState, AdaptiveState } from '../learner.ts'
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
} from './iterate.ts'
export type { Policy, PolicyParams } from '../policy.ts'
export { evaluate, evaluation, type EvaluateOptions } from '../evaluate.ts'
export type { Played } from '../playEpisodes.ts'
export { evaluateAsync } from '../evaluateAsync.ts'
export type { Evaluated } from '../evaluated.ts'
export {
  evaluateEvery,
  evaluationKey,
  type EvaluatedParts,
  type EvaluationPlan,
} from '../evaluateEvery.ts'
export {
  healthAfter,
  healthy,
  type Health,
  type HealthContext,
  type HealthWarning,
} from '../health/health.ts'
export { attempt, faultOf, type Fault } from '../fault.ts'
export type { Stopped } from '../runTo.ts'
export { summarise, type Summary } from '../summarise.ts'
export type { NormaliseObservation, Normaliser } from '../look.ts'
export { estimateTargets } from '../estimateTargets.ts'
export type { Stages } from '../iteration.ts'
export type { Rollout } from '../rollout.ts'
export type { Trajectory } from '../trajectory.ts'
export { lossGrad } from '../lossGrad.ts'
export type { LossMetrics } from './learn.ts'
export { flattenTime, type Samples } from '../samples.ts'
export { presets } from './presets.ts'
export { suggest, type Suggestion } from './suggest/suggest.ts'
export { ratesAt } from './rates.ts'
export type { Rates } from '../rates.ts'
export {
  estimate,
  estimatePolicy,
  type Estimate,
  type EstimateOptions,
} from './estimate/estimate.ts'
export type { PolicyOf } from '../policyOf.ts'
export { policyOf } from './policyOf.ts'
export type { EnvironmentSource } from '../thread/host.ts'
export { threadedParts, type ThreadedParts, type ThreadOptions } from './threads.ts'

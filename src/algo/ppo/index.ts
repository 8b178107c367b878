export { actor, type ActOptions, type Actor } from '../actor.ts'
export { describeMistakes, type Mistake } from '../codec.ts'
export { updatesOf, type PpoConfig } from './config.ts'
export { decodeConfig } from './decode.ts'
export type { Learner, LearnerParts, StepSize, TrainState, Tuned } from '../learner.ts'
export {
  asyncParts,
  init,
  initAsync,
  parts,
  withParams,
  type AsyncParts,
  type Parts,
} from './parts.ts'
export type { Policy, PolicyParams } from '../policy.ts'
export { evaluate, evaluation, type EvaluateOptions } from '../evaluate.ts'
export type { Played } from '../playEpisodes.ts'
export { evaluateAsync } from '../evaluateAsync.ts'
export { attempt, faultOf, type Fault } from '../fault.ts'
export type { Stopped } from '../runTo.ts'
export { summarise, type Summary } from '../summarise.ts'
export type { Look, Normaliser } from '../look.ts'
export { lookBack } from '../lookBack.ts'
export { rollout, rolloutAsync, type Rollout, type Trajectory } from '../rollout.ts'
export { iterate, iterateAsync, run, runAsync, train, trainAsync, type Metrics } from './iterate.ts'
export { lossGrad, minibatchStep, type LossMetrics } from './minibatch.ts'
export { flattenTime, type Samples } from '../samples.ts'
export { presets } from './presets.ts'
export { ratesAt, type Rates } from './rates.ts'
export { update } from './update.ts'
export {
  estimate,
  estimatePolicy,
  type Estimate,
  type EstimateOptions,
} from './estimate/estimate.ts'
export type { PolicyOf } from '../policyOf.ts'
export { policyOf } from './policyOf.ts'
export type { Engine } from './plan/engine.ts'
export type { WorldSource } from './plan/host.ts'
export { threadedParts, type ThreadedParts, type ThreadOptions } from './plan/threads.ts'

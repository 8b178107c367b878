import type { World } from '../../env/wrapper/vectorise.ts'
import type { AdamState } from '../../optim/adam.ts'
import type { ClipState } from '../../optim/clipByGlobalNorm.ts'
import { constant, linearStairs, type Schedule } from '../../optim/schedule.ts'
import type { Transform } from '../../optim/transform.ts'
import type { Key } from '../../random/key.ts'
import type { Policy, PolicyParams } from '../policy.ts'
import { updatesOf, type PpoConfig } from './config.ts'

export type OptimState = readonly [ClipState, AdamState]

/** What learns: the parameters and the optimiser's memory. */
export interface Learner {
  readonly params: PolicyParams
  readonly optim: OptimState
}

/** The functions that make one learner of another. */
export interface LearnerParts {
  readonly policy: Policy
  readonly optimizer: Transform<OptimState>
}

/** The whole run as one value: put it in, get the next one out. */
export interface TrainState<S> {
  /** updates done */
  readonly update: number
  readonly key: Key
  readonly world: World<S>
  readonly learner: Learner
}

/** The learning rate of an optimiser step, by the number of steps before it. */
export const learningRate = (config: PpoConfig): Schedule =>
  config.learningRateSchedule === 'constant'
    ? constant(config.learningRate)
    : linearStairs(config.learningRate, updatesOf(config), config.epochs * config.minibatches)

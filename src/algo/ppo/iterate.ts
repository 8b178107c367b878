import type { Space } from '../../env/space.ts'
import type { AgentParts, AsyncAgentParts } from '../agent.ts'
import type { RunMetrics } from '../iteration.ts'
import type { OptimState } from '../learner.ts'
import { trainer } from '../trainer.ts'
import { algorithm, type UpdateMetrics } from './algorithm.ts'
import type { PpoConfig } from './config.ts'
import type { Learned } from './learn.ts'

/** The functions that an iteration is made of. */
export interface Parts<S, A extends Space = Space> extends AgentParts<
  S,
  A,
  PpoConfig,
  OptimState,
  Learned
> {}

/** The functions that an iteration is made of, where environments answer with promises. */
export interface AsyncParts<S, A extends Space = Space> extends AsyncAgentParts<
  S,
  A,
  PpoConfig,
  OptimState,
  Learned
> {}

/** What one iteration tells. */
export interface Metrics extends UpdateMetrics, RunMetrics {}

export const {
  parts,
  asyncParts,
  init,
  initAsync,
  withParams,
  stages,
  iterate,
  iterateAsync,
  train,
  trainAsync,
  run,
  runAsync,
} = trainer(algorithm)

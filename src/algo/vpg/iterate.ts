import type { Space } from '../../env/space.ts'
import type { AgentParts, AsyncAgentParts } from '../agent.ts'
import type { RunMetrics } from '../iteration.ts'
import type { OptimState, TrainState } from '../learner.ts'
import { trainer } from '../trainer.ts'
import { algorithm, type Learned, type UpdateMetrics } from './algorithm.ts'
import type { VpgConfig } from './config.ts'

/** The functions that an iteration is made of. */
export interface Parts<S, A extends Space = Space> extends AgentParts<
  S,
  A,
  VpgConfig,
  OptimState,
  Learned
> {}

/** The functions that an iteration is made of, where environments answer with promises. */
export interface AsyncParts<S, A extends Space = Space> extends AsyncAgentParts<
  S,
  A,
  VpgConfig,
  OptimState,
  Learned
> {}

/** The whole run as one value: put it in, get the next one out. */
export type State<S> = TrainState<S>

/** What one iteration tells. */
export interface Metrics extends UpdateMetrics, RunMetrics {}

export const {
  parts,
  asyncParts,
  init,
  initAsync,
  withParams,
  iterate,
  iterateAsync,
  train,
  trainAsync,
  run,
  runAsync,
} = trainer(algorithm)

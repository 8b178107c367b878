import type { Space } from '../../env/space.ts'
import { threaded, type ThreadedParts as Threaded } from '../thread/threads.ts'
import { algorithm } from './algorithm.ts'
import type { VpgConfig } from './config.ts'
import type { OptimState } from '../learner.ts'
import type { Learned } from './algorithm.ts'

export type { ThreadOptions } from '../thread/threads.ts'

/** Parts with threads behind them. */
export interface ThreadedParts<S, A extends Space = Space> extends Threaded<
  S,
  A,
  VpgConfig,
  OptimState,
  Learned
> {}

export const threadedParts = threaded(algorithm)

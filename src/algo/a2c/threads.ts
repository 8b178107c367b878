import type { Space } from '../../env/space.ts'
import { threaded, type ThreadedParts as Threaded } from '../thread/threads.ts'
import { algorithm } from './algorithm.ts'
import type { A2cConfig } from './config.ts'
import type { Learned, OptimState } from './algorithm.ts'

export type { ThreadOptions } from '../thread/threads.ts'

/** Parts with threads behind them. */
export interface ThreadedParts<S, A extends Space = Space> extends Threaded<
  S,
  A,
  A2cConfig,
  OptimState,
  Learned
> {}

export const threadedParts = threaded(algorithm)

import type { Space } from '../../env/space.ts'
import { threaded, type ThreadedParts as Threaded } from '../thread/threads.ts'
import { algorithm } from './algorithm.ts'
import type { PpoConfig } from './config.ts'
import type { OptimState } from '../learner.ts'
import type { Learned } from './learn.ts'

export type { ThreadOptions } from '../thread/threads.ts'

/** Parts that run on several threads. */
export interface ThreadedParts<S, A extends Space = Space> extends Threaded<
  S,
  A,
  PpoConfig,
  OptimState,
  Learned
> {}

/**
 * Builds the parts of PPO on several threads over shared memory. They give the same bits for any number of
 * threads: environments and minibatches are split into `config.shards` shards, and gradients are summed in
 * the order of the shards. An error ends all threads, and every later call throws it. Call `stop` when you
 * are done.
 *
 * @returns a promise of the parts
 * @throws RangeError when the config is not valid, `threads` is not a whole number >= 1, or
 * `timeoutMs` is not > 0
 */
export const threadedParts = threaded(algorithm)

import type { AsyncEnvironment } from '../environment.ts'
import type { Box, Space } from '../space.ts'
import { runAsync, type Later } from '../../engine/task.ts'
import type { GymState } from './game.ts'
import type { AsyncGym } from './gym.ts'
import { expectTimeout, DEFAULT_TIMEOUT } from '../timeout.ts'
import { gymEnvironment, type Games, type GymOptions } from './gymEnvironment.ts'

/** An environment made of games that return promises. */
export interface AsyncGymEnvironment<A extends Space = Space> extends AsyncEnvironment<
  GymState,
  A
> {
  /** Closes all games. If there is a function that makes games, later games are new. */
  readonly close: () => Promise<void>
}

/** Options of `fromGymAsync`. */
export interface AsyncGymOptions extends GymOptions {
  /**
   * milliseconds to wait for each answer of a game, and for a game to be made: 300,000 by default,
   * Infinity to wait for ever. If a game does not answer in time, that is an error with an address; the
   * game is closed and not used again, and its late answer is ignored.
   */
  readonly timeout?: number
  /**
   * whether a game without snapshots is brought back to an earlier state by repeating its seed and actions.
   * Off by default, because that may be slow, or the game may depend on more than these
   */
  readonly replay?: boolean
}

/**
 * `fromGym` for games whose answers, or some of them, are promises: in a page, a worker or another
 * process. `ppo.asyncParts` and `ppo.trainAsync` learn from them; the games of a batch play at the
 * same time.
 *
 * ```ts
 * const far = await env.fromGymAsync('far', async () => {
 *   const socket = await connect()
 *   return {
 *     observationSpace: env.box(2, [-1, -1], [1, 1]),
 *     actionSpace: env.discrete(3),
 *     reset: ({ seed }) => socket.ask({ reset: seed }),
 *     step: (action) => socket.ask({ step: action }),
 *     close: () => socket.end(),
 *   }
 * })
 * const parts = ppo.asyncParts(config, far)
 * for await (const [metrics, state] of ppo.trainAsync(config, parts)(await ppo.initAsync(parts)(key)))
 *   console.log(metrics.steps)
 * await far.close()
 * ```
 *
 * A run can continue from a state while its game still has that state. Any other state is an error,
 * unless games make snapshots or you set `replay`. A game is free for another environment when its
 * episode is over. A game that was left in the middle of an episode is free once it is closed.
 *
 * @param games makes a game, or the promise of one, for each environment; or one, or several
 * @throws RangeError when the timeout or another option is out of range
 */
export const fromGymAsync = async <A extends Space, O extends Space = Box>(
  name: string,
  games: Games<Later<AsyncGym<A, O>>>,
  { replay = false, timeout = DEFAULT_TIMEOUT, ...options }: AsyncGymOptions = {},
): Promise<AsyncGymEnvironment<A>> => {
  const { seen, start, step, release, close } = await runAsync(
    gymEnvironment<A, O>(name, games, { ...options, replay, timeout: expectTimeout(timeout) }),
  )
  return {
    ...seen,
    // The timeout applies to each answer of a game; a step may need several.
    timeout: Infinity,
    init: (key) => runAsync(start(key)),
    step: (action) => (state) => runAsync(step(action, state)),
    release,
    close: () => runAsync(close()),
  }
}

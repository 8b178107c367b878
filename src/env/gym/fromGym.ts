import type { Environment } from '../environment.ts'
import type { Box, Space } from '../space.ts'
import { runSync } from '../../engine/task.ts'
import type { GymState } from './game.ts'
import type { Gym } from './gym.ts'
import { gymEnvironment, type Games, type GymOptions } from './gymEnvironment.ts'

/** An environment made of games, which may hold external resources. */
export interface GymEnvironment<A extends Space = Space> extends Environment<GymState, A> {
  /** Closes all games. If there is a function that makes games, later games are new. */
  readonly close: () => void
}

/**
 * A game that is written imperatively, with `reset` and `step` as in Gymnasium, as an environment of pure
 * functions:
 *
 * ```ts
 * const walk = env.fromGym('walk', () => {
 *   let place = 0
 *   let steps = 0
 *   return {
 *     observationSpace: env.box(1, [-10], [10]),
 *     actionSpace: env.discrete(2),
 *     reset({ seed }) {
 *       place = seed % 3
 *       steps = 0
 *       return [place]
 *     },
 *     step(action) {
 *       place += action === 1 ? 1 : -1
 *       steps += 1
 *       return [[place], -Math.abs(place), Math.abs(place) === 10, steps === 100, {}]
 *     },
 *   }
 * })
 * const parts = ppo.parts(config, walk)
 * ```
 *
 * A state holds the seed of its episode and the actions since, which determine everything that follows.
 * Like any state of an environment it can be kept, copied and stepped in any order. It grows with each
 * step, and an episode of more than `replayLimit` steps is an error: for longer episodes give the game
 * `snapshot` and `restore`, or wrap it in `timeLimit`.
 *
 * If no game is at the requested state, one is brought there by `restore` or, without snapshots, by repeating
 * the seed and the actions. Acting in n environments takes n games and never needs that; games whose episodes
 * have ended are reused for the next episodes.
 *
 * A game has `observationSpace`, `actionSpace`, `reset` and `step`, whose answers are copied, and
 * optionally `actionMask`, `snapshot`, `restore` and `close`. Infos are ignored. Observations of spaces
 * other than a box are flattened: see `flatten`.
 *
 * @param games a function that makes a game, called for each game that is needed; or one game or several, if no more can be made. More environments than games are slow, because they take turns
 * @throws RangeError, with an address, if the game lacks a method or its spaces are invalid; later, if it
 * answers with a promise (see `fromGymAsync`), the four values of old Gym or nested lists, or behaves
 * differently when its actions are repeated
 */
export const fromGym = <A extends Space, O extends Space = Box>(
  name: string,
  games: Games<Gym<A, O>>,
  options: GymOptions = {},
): GymEnvironment<A> => {
  const { seen, start, step, release, close } = runSync(
    gymEnvironment<A, O>(name, games, { ...options, replay: true, timeout: Infinity }),
  )
  return {
    ...seen,
    init: (key) => runSync(start(key)),
    step: (action) => (state) => runSync(step(action, state)),
    release,
    close: () => runSync(close()),
  }
}

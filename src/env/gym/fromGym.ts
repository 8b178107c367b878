import type { Environment } from '../environment.ts'
import type { Box, Space } from '../space.ts'
import { atOnce } from '../task.ts'
import type { GymState } from './game.ts'
import type { Gym } from './gym.ts'
import { worldOf, type Games, type GymOptions } from './world.ts'

/** A world of games, which may hold on to things of the outside. */
export interface GymEnvironment<A extends Space = Space> extends Environment<GymState, A> {
  /** Closes all games that were made; where there is a maker, later ones are made anew. */
  readonly close: () => void
}

/**
 * A game that is written imperatively, with `reset` and `step` as in Gymnasium, as a world of pure
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
 * A state holds the seed of its episode and the actions since, which decide all that follows, and
 * may be kept, copied and gone on from in any order, as any state of a world. It grows with each step:
 * an episode of more than `replayLimit` steps is an error. A game whose episodes are longer makes
 * snapshots, or is cut off by `timeLimit`. Games are told to step
 * where they are; where none is at the state that is asked for, one is brought there, by `restore`
 * where it makes snapshots, and else by the seed and the actions once more. Acting in many worlds
 * takes as many games, and brings none back; games whose episodes are over play the next ones.
 *
 * Of a game are looked at: `observationSpace` and `actionSpace`; what `reset` and `step` answer,
 * which is copied; and, where it has them, `actionMask`, `snapshot`, `restore` and `close`. Infos are
 * not. Observations of other spaces than a box are shown as vectors: see `flatten`.
 *
 * @param games makes a game, again for each that is needed; or one, or several, when there are no
 * others: more worlds than games are slow, for they take turns
 * @throws RangeError, with an address, where the game is none, its spaces have keys that
 * no space has, or, later, where it answers what it
 * may not: a promise (see `fromGymAsync`), the four values of old Gym, nested lists; or where it
 * does otherwise when the same is done once more
 */
export const fromGym = <A extends Space, O extends Space = Box>(
  name: string,
  games: Games<Gym<A, O>>,
  options: GymOptions = {},
): GymEnvironment<A> => {
  const { seen, start, step, release, close } = atOnce(
    worldOf<A, O>(name, games, { ...options, replay: true, timeout: Infinity }),
  )
  return {
    ...seen,
    init: (key) => atOnce(start(key)),
    step: (action) => (state) => atOnce(step(action, state)),
    release,
    close: () => atOnce(close()),
  }
}

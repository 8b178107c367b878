import { errorAt, located } from '../../tensor/check.ts'
import type { AnyEnvironment, Seen } from '../environment.ts'
import { showThrown } from '../show.ts'
import type { Space } from '../space.ts'
import { ask, askAll, type Later, type Task } from '../task.ts'
import { readGame, wrong } from './answers.ts'
import { gameOf, type Game, type GymState } from './game.ts'
import type { AsyncGym } from './gym.ts'
import { isSame } from './plain.ts'
import { pool } from './pool.ts'

/** What makes games, one of them, or several. */
export type Games<G> = G | readonly G[] | (() => G)

/** A game as what there is to see of a world, and how it is played. */
export interface GymWorld<A extends Space> extends Game<A> {
  readonly seen: Seen<GymState, A> & Pick<AnyEnvironment<GymState, A>, 'capacity'>
  readonly close: () => Task<void>
}

/** What all games of a world have in common. */
const kindOf = <A extends Space>(game: AsyncGym<A>) => ({
  ...readGame(game),
  masks: game.actionMask !== undefined,
  restores: game.restore !== undefined,
})

const made = function* <A extends Space>(make: () => Later<AsyncGym<A>>): Task<AsyncGym<A>> {
  try {
    return yield* ask(make())
  } catch (error) {
    throw errorAt({ field: 'make' }, `make: expected a game, it threw ${showThrown(error)}`, error)
  }
}

/** @param replays whether actions are done once more to go back where there are no snapshots */
export const worldOf = function* <A extends Space>(
  name: string,
  games: Games<Later<AsyncGym<A>>>,
  replays: boolean,
): Task<GymWorld<A>> {
  try {
    const make = typeof games === 'function' ? games : null
    const given: ReadonlyArray<AsyncGym<A>> =
      typeof games === 'function'
        ? [yield* made(games)]
        : yield* askAll(Array.isArray(games) ? games : [games])
    const [first] = given
    if (first === undefined) throw wrong('games', 'at least one', 'none')
    const kind = kindOf(first)
    const expectAlike = (game: AsyncGym<A>): AsyncGym<A> => {
      if (!isSame(kindOf(game), kind))
        throw wrong('make', 'games that have the same spaces and methods', 'another')
      return game
    }
    given.forEach(expectAlike)
    const another =
      make === null
        ? null
        : function* () {
            return expectAlike(yield* made(make))
          }
    const rewind = kind.restores ? 'restore' : replays ? 'replay' : 'none'
    const players = pool<AsyncGym<A>, GymState>(another, given, rewind !== 'none')
    return {
      ...gameOf(players, rewind),
      seen: {
        name,
        observationSpace: kind.observationSpace,
        actionSpace: kind.actionSpace as A,
        ...(make === null ? { capacity: given.length } : {}),
        observe: ({ observation }) => observation,
        ...(kind.masks ? { actionMask: ({ mask }) => mask ?? [] } : {}),
      },
      close: function* () {
        yield* askAll(players.empty().map((game) => game.close?.()))
      },
    }
  } catch (error) {
    throw located(name, error, { world: name })
  }
}

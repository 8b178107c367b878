import { expectCount } from '../../tensor/argument.ts'
import { addressOf, errorAt, located } from '../../tensor/check.ts'
import type { AnyEnvironment, EnvView } from '../environment.ts'
import { flattenSpace } from '../flatten.ts'
import { showThrown } from '../show.ts'
import type { Space } from '../space.ts'
import { wait, waitAll, type Later, type Task } from '../../engine/task.ts'
import { expectTimeout, withTimeout } from '../timeout.ts'
import { readGame, wrong } from './answers.ts'
import { gameOf, type Game, type GymState, type Wait } from './game.ts'
import type { AsyncGym } from './gym.ts'
import { isSame } from './plain.ts'
import { pool } from './pool.ts'

/** What makes games, one of them, or several. */
export type Games<G> = G | readonly G[] | (() => G)

/** A game as what there is to see of an environment, and how it is played. */
export interface GymWorld<A extends Space> extends Game<A> {
  readonly seen: EnvView<GymState, A> &
    Pick<AnyEnvironment<GymState, A>, 'capacity' | 'forwardOnly'>
  readonly close: () => Task<void>
}

/** Options of `fromGym`. */
export interface GymOptions {
  /**
   * maximum steps per episode for a game without `snapshot`, whose states hold all actions since the
   * seed: 100,000 by default, about 1 MB per state; a longer episode is an error
   */
  readonly replayLimit?: number
}

export interface WorldOptions extends GymOptions {
  /** whether to repeat actions to go back to a state without a snapshot */
  readonly replay: boolean
  /** milliseconds to wait for each answer */
  readonly timeout: number
}

const REPLAY_LIMIT = 100_000

/** What all games of an environment have in common. */
const kindOf = <A extends Space, O extends Space>(game: AsyncGym<A, O>) => ({
  ...readGame(game),
  masks: game.actionMask !== undefined,
  restores: game.restore !== undefined,
})

/** Closes a game without waiting for it. */
const leave = (game: Pick<AsyncGym, 'close'>): void => {
  try {
    Promise.resolve(game.close?.()).catch(() => undefined)
  } catch {
    // The game is abandoned anyway.
  }
}

const lateGame = (timeout: number): Error =>
  errorAt(
    { field: 'make', timeout },
    `make: expected a game within ${timeout} ms (timeout of env.fromGymAsync), got none`,
  )

/** Waits for a game to be made. One that comes too late is closed. */
const promised = <A extends Space, O extends Space>(
  game: Later<AsyncGym<A, O>>,
  timeout: number,
): Later<AsyncGym<A, O>> => withTimeout(game, timeout, () => lateGame(timeout), leave)

const made = function* <A extends Space, O extends Space>(
  make: () => Later<AsyncGym<A, O>>,
  timeout: number,
): Task<AsyncGym<A, O>> {
  try {
    return yield* wait(promised(make(), timeout))
  } catch (error) {
    if (addressOf(error)['timeout'] !== undefined) throw error
    throw errorAt({ field: 'make' }, `make: expected a game, it threw ${showThrown(error)}`, error)
  }
}

export const gymEnvironment = function* <A extends Space, O extends Space>(
  name: string,
  games: Games<Later<AsyncGym<A, O>>>,
  { replay, timeout, replayLimit = REPLAY_LIMIT }: WorldOptions,
): Task<GymWorld<A>> {
  expectTimeout(timeout)
  expectCount('replayLimit', replayLimit)
  const wait: Wait = (method, answer) =>
    withTimeout(answer, timeout, () =>
      errorAt(
        { field: method, timeout },
        `${method}: expected the game to respond within ${timeout} ms (timeout of env.fromGymAsync), got nothing`,
      ),
    )
  try {
    const make = typeof games === 'function' ? games : null
    const given: ReadonlyArray<AsyncGym<A, O>> =
      typeof games === 'function'
        ? [yield* made(games, timeout)]
        : yield* waitAll(
            (Array.isArray(games) ? games : [games]).map((game: Later<AsyncGym<A, O>>) =>
              promised(game, timeout),
            ),
          )
    const [first] = given
    if (first === undefined) throw wrong('games', 'at least one', 'none')
    const kind = kindOf(first)
    const expectAlike = (game: AsyncGym<A, O>): AsyncGym<A, O> => {
      if (!isSame(kindOf(game), kind))
        throw wrong('make', 'games that have the same spaces and methods', 'another')
      return game
    }
    given.forEach(expectAlike)
    const another =
      make === null
        ? null
        : function* () {
            return expectAlike(yield* made(make, timeout))
          }
    const rewind = kind.restores ? 'restore' : replay ? 'replay' : 'none'
    const players = pool<AsyncGym<A, O>, GymState>(another, given, rewind !== 'none', leave)
    return {
      ...gameOf(players, rewind, wait, replayLimit, kind.observationSpace),
      seen: {
        name,
        observationSpace: flattenSpace(kind.observationSpace),
        actionSpace: kind.actionSpace as A,
        ...(rewind === 'none' ? { forwardOnly: true } : {}),
        ...(make === null ? { capacity: given.length } : {}),
        observe: ({ observation }) => observation,
        ...(kind.masks ? { actionMask: ({ mask }) => mask ?? [] } : {}),
      },
      close: function* () {
        const failures: unknown[] = []
        const answers = players.empty().map((game) => {
          try {
            return wait('close', game.close?.())
          } catch (error) {
            failures.push(error)
            return undefined
          }
        })
        yield* waitAll(answers)
        if (failures.length > 0) throw failures[0]
      },
    }
  } catch (error) {
    throw located(name, error, { environment: name })
  }
}

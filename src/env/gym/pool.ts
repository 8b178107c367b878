import { addressOf, errorAt } from '../../tensor/check.ts'
import type { Task } from '../../engine/task.ts'

/** One of the objects that play a game, and what is known of it. */
export interface Player<G, S> {
  readonly game: G
  /** the state that it is at; null where nobody knows */
  at: S | null
  /** when it last moved */
  used: number
  /** whether it is free: nothing will continue from its state */
  free: boolean
  /** whether it is answering at this moment */
  busy: boolean
}

export interface Pool<G, S extends object> {
  readonly all: ReadonlyArray<Player<G, S>>
  /**
   * A player that may be taken from where it is; one more of them where there is none. `lost` is
   * the state that it shall be brought back to.
   */
  readonly take: (lost: S | null) => Task<Player<G, S>>
  /**
   * Moves a player. If that fails, the player is free and at no state; if it times out, the player is
   * removed from the pool.
   */
  readonly play: <R extends { readonly state: S; readonly ended: boolean }>(
    player: Player<G, S>,
    move: (game: G) => Task<R>,
  ) => Task<R>
  /** All games; the pool is without players then. */
  readonly empty: () => readonly G[]
}

/**
 * A player that has not moved while all of them could have this many times is taken for one that
 * was left behind, as by a time limit around its environment.
 */
const TURNS = 4

/** So many are made at first before the one that has rested longest is taken instead. */
const ROOM = 64

/**
 * @param make null where there are no more than those given
 * @param lose called with a game that did not answer in time
 * @param returns whether players can be brought back to where they were taken from; then they are
 * taken, and where that turns out to have been wrong there is room for one more
 */
export const pool = <G, S extends object>(
  make: (() => Task<G>) | null,
  given: readonly G[],
  returns: boolean,
  lose: (game: G) => void,
): Pool<G, S> => {
  let clock = 0
  let room = ROOM
  const robbed = new WeakSet<S>()
  const asPlayer = (game: G): Player<G, S> => ({ game, at: null, used: 0, free: true, busy: false })
  const players = given.map(asPlayer)
  return {
    all: players,

    take: function* (lost) {
      if (lost !== null && robbed.delete(lost)) room = Math.max(room, players.length + 1)
      let oldest: Player<G, S> | null = null
      for (const player of players) {
        if (player.busy) continue
        if (player.free) return player
        if (oldest === null || player.used < oldest.used) oldest = player
      }
      const isLeft = oldest !== null && clock - oldest.used > TURNS * players.length
      const isFull = returns && (isLeft || players.length >= room)
      if (make !== null && !(isFull && oldest !== null)) {
        const player = asPlayer(yield* make())
        players.push(player)
        return player
      }
      if (oldest !== null) {
        if (oldest.at !== null) robbed.add(oldest.at)
        return oldest
      }
      const { length } = players
      throw errorAt(
        { field: 'games' },
        `games: expected one for each environment, got ${length}, all of which are in use`,
      )
    },

    play: function* (player, move) {
      clock += 1
      player.used = clock
      player.at = null
      player.free = false
      player.busy = true
      try {
        const moved = yield* move(player.game)
        player.at = moved.state
        player.free = moved.ended
        return moved
      } catch (error) {
        player.free = true
        if (addressOf(error)['timeout'] !== undefined) {
          const at = players.indexOf(player)
          if (at >= 0) players.splice(at, 1)
          lose(player.game)
        }
        throw error
      } finally {
        player.busy = false
      }
    },

    empty: () =>
      players.splice(0).map((player) => {
        player.at = null
        return player.game
      }),
  }
}

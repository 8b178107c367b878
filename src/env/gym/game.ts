import { DRAW, type Key } from '../../random/key.ts'
import { words } from '../../random/threefry.ts'
import { errorAt } from '../../tensor/check.ts'
import type { Outcome } from '../environment.ts'
import type { Element, Space } from '../space.ts'
import { wait, type Later, type Task } from '../../engine/task.ts'
import { expectHere, readMask, readReset, readStep, wrong } from './answers.ts'
import type { AsyncGym } from './gym.ts'
import { actionsOf, append, lengthOf, type Past } from './past.ts'
import { copied, isSame } from './plain.ts'
import type { Player, Pool } from './pool.ts'

/**
 * The state of a game as a complete plain value: the seed of its episode and the actions since, or
 * the game's own snapshot.
 */
export interface GymState {
  readonly seed: number
  /** what was done since the start; null at the start, and where it is not needed */
  readonly past: Past | null
  readonly observation: readonly number[]
  /** null where the game closes no choice */
  readonly mask: readonly boolean[] | null
  /** null where the game makes none */
  readonly snapshot: unknown
}

/** How a game is played from state to state. */
export interface Game<A extends Space> {
  readonly start: (key: Key) => Task<GymState>
  readonly step: (action: Element<A>, state: GymState) => Task<[Outcome, GymState]>
  /** Frees the game that is at a state for another episode. */
  readonly release: (state: GymState) => void
}

/** The whole number from 0 to 2³² − 1 that a game gets for a key. */
export const seedOf = (key: Key): number => words(key.words, DRAW, 1)[0]!

const expectObservation = (seen: readonly number[], state: GymState, steps: number): void => {
  if (isSame(seen, state.observation)) return
  throw errorAt(
    { field: 'observation' },
    `observation: expected [${state.observation.join(', ')}] again after seed ${state.seed} and the same ${steps} steps, got [${seen.join(', ')}]: the seed and the actions must determine everything that a game does`,
  )
}

/** Waits for the answer of a game's method, up to the timeout. */
export type Wait = <T>(method: string, answer: Later<T>) => Later<T>

/** How a game is brought back to a state that it has left. */
export type Rewind = 'restore' | 'replay' | 'none'

const tooLong = (limit: number): RangeError =>
  wrong(
    'past',
    `an episode of at most ${limit} steps, because states keep all its actions to repeat them`,
    'a longer one: end it earlier (env.timeLimit), give the game snapshot and restore, or raise replayLimit',
  )

/**
 * A game as a function of its states. The player of the pool that is at a state continues from there. If
 * there is none, as for an earlier state, one is brought there: by `restore` of the state's snapshot, or by
 * repeating its seed and actions.
 */
export const gameOf = <A extends Space, O extends Space>(
  players: Pool<AsyncGym<A, O>, GymState>,
  rewind: Rewind,
  settle: Wait,
  replayLimit: number,
  observationSpace: Space,
): Game<A> => {
  type One = Player<AsyncGym<A, O>, GymState>

  const stateOf = function* (
    game: AsyncGym<A, O>,
    seed: number,
    past: Past | null,
    observation: readonly number[],
  ): Task<GymState> {
    const mask =
      game.actionMask === undefined
        ? null
        : readMask(yield* wait(settle('actionMask', game.actionMask())))
    const snapshot =
      rewind === 'restore' ? yield* wait(settle('snapshot', game.snapshot?.())) : null
    expectHere('snapshot', snapshot)
    return { seed, past, observation, mask, snapshot }
  }

  const playerAt = (state: GymState): One | null => {
    for (const player of players.all) if (player.at === state) return player
    // A copy of the state that a player is at says the same, where all is in it.
    if (rewind !== 'replay') return null
    return players.all.find(({ at }) => at !== null && isSame(at, state)) ?? null
  }

  const bring = function* (state: GymState): Task<One> {
    if (rewind === 'none')
      throw wrong(
        'state',
        'the newest state of its game, which has no snapshots to return to',
        'an earlier one: continue from the newest state, or start again',
      )
    const player = yield* players.take(state)
    yield* players.play(player, function* (game) {
      if (rewind === 'restore')
        expectHere('restore', yield* wait(settle('restore', game.restore?.(state.snapshot))))
      else {
        const actions = actionsOf(state.past)
        let seen = readReset(
          observationSpace,
          yield* wait(settle('reset', game.reset({ seed: state.seed }))),
        )
        for (const action of actions)
          seen = readStep(
            observationSpace,
            yield* wait(settle('step', game.step(copied(action) as Element<A>))),
          ).observation
        expectObservation(seen, state, actions.length)
      }
      return { state, ended: false }
    })
    return player
  }

  return {
    release: (state) => {
      const player = playerAt(state)
      if (player !== null) player.free = true
    },

    start: function* (key) {
      const player = yield* players.take(null)
      const { state } = yield* players.play(player, function* (game) {
        const seed = seedOf(key)
        const observation = readReset(
          observationSpace,
          yield* wait(settle('reset', game.reset({ seed }))),
        )
        return { state: yield* stateOf(game, seed, null, observation), ended: false }
      })
      return state
    },

    step: function* (action, state) {
      const past = rewind === 'replay' ? append(state.past, action) : null
      if (lengthOf(past) > replayLimit) throw tooLong(replayLimit)
      const player = playerAt(state) ?? (yield* bring(state))
      const { outcome, state: next } = yield* players.play(player, function* (game) {
        const answer = readStep(
          observationSpace,
          yield* wait(settle('step', game.step(copied(action) as Element<A>))),
        )
        const { outcome, observation } = answer
        const next = yield* stateOf(game, state.seed, past, observation)
        return { outcome, state: next, ended: outcome.terminated || outcome.truncated }
      })
      return [outcome, next]
    },
  }
}

import { builtInOf, type BuiltInName } from '../../builtin/index.ts'
import { foldIn, key } from '../../random/key.ts'
import { handlings } from './actions.ts'
import type { Game } from './game.ts'
import { handsOf, type Hands } from './hands.ts'
import type { Decision } from './policy.ts'
import { seatAt, type Seat } from './seat.ts'

/** Milliseconds between the end of a round and the next. */
const REST_MS = 2500

/** Rounds of a person against the policy, from the same first state. */
export interface Duel {
  readonly hands: Hands
  readonly person: () => Seat
  readonly policy: () => Seat
  readonly pass: (milliseconds: number) => void
  /** how many rounds each has won */
  readonly score: () => { readonly person: number; readonly policy: number }
  /** who won the round that is over; null while it lasts */
  readonly winner: () => 'person' | 'policy' | 'nobody' | null
}

/** @param decide what the policy does, or null while there is none */
export const duelIn = (env: BuiltInName, decide: (game: Game) => Decision | null): Duel => {
  const builtIn = builtInOf(env)
  const handling = handlings[env]
  const hands = handsOf(handling)
  const { slower } = handling
  let round = 0
  let rested = 0
  let score = { person: 0, policy: 0 }
  const sit = () => {
    const seed = foldIn(key(4711), round)
    return {
      person: seatAt(builtIn, seed, {
        act: ({ length }) => hands.action(length),
        restMs: Infinity,
        slower,
      }),
      policy: seatAt(builtIn, seed, {
        act: (game) => decide(game)?.action ?? null,
        restMs: Infinity,
        slower,
      }),
    }
  }
  let seats = sit()

  const winner = (): ReturnType<Duel['winner']> => {
    const [one, other] = [seats.person.game(), seats.policy.game()]
    if (!one.isOver || !other.isOver) return null
    if (one.return === other.return) return 'nobody'
    return one.return > other.return ? 'person' : 'policy'
  }

  return {
    hands,
    person: () => seats.person,
    policy: () => seats.policy,
    score: () => score,
    winner,
    pass: (milliseconds) => {
      if (!hands.hasBegun()) return
      const before = winner()
      if (before !== null) {
        rested += milliseconds
        if (rested < REST_MS) return
        round += 1
        rested = 0
        hands.rest()
        seats = sit()
        return
      }
      seats.person.pass(milliseconds)
      seats.policy.pass(milliseconds)
      const now = winner()
      if (now !== null && now !== 'nobody') score = { ...score, [now]: score[now] + 1 }
    },
  }
}

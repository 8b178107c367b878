import type { BuiltIn } from '../../builtin/builtIn.ts'
import type { Element, Space } from '../../env/space.ts'
import { foldIn, type Key } from '../../random/key.ts'
import type { Picture } from '../../picture/picture.ts'
import { after, begin, type Game } from './game.ts'
import { between } from './tween.ts'

/** A place at the game: an episode after the other, moving at a speed that does not depend on the display. */
export interface Seat {
  readonly game: () => Game
  /** Moves on by so many milliseconds. */
  readonly pass: (milliseconds: number) => void
  /** What there is to see, between two steps. */
  readonly picture: () => Picture
  /** Another episode, of another key. */
  readonly restart: () => void
}

export interface SeatOptions {
  /** the action in a state, or null to wait */
  readonly act: (game: Game) => Element<Space> | null
  readonly onStep?: (game: Game) => void
  /** called once at the end of an episode */
  readonly onOver?: (game: Game) => void
  /** milliseconds between the end of an episode and the next one; Infinity: only `restart` begins one */
  readonly restMs: number
  /** how much slower than its own speed */
  readonly slower?: number
}

/** After a pause, as of a page in the background, a game does not hurry to catch up. */
const MOST_STEPS = 4

export const seatAt = (
  { env, draw, framesPerSecond }: BuiltIn<unknown>,
  seed: Key,
  { act, onStep, onOver, restMs, slower = 1 }: SeatOptions,
): Seat => {
  const stepMs = (1000 * slower) / framesPerSecond
  let episode = 0
  let game = begin(env, foldIn(seed, episode))
  let [before, now] = [draw(game.state), draw(game.state)]
  let [time, rested] = [0, 0]

  const restart = (): void => {
    episode += 1
    game = begin(env, foldIn(seed, episode))
    now = draw(game.state)
    before = now
    time = 0
    rested = 0
  }

  const goesOn = (): boolean => !game.isOver

  const step = (): boolean => {
    const action = act(game)
    if (action === null) return false
    game = after(env, game, action)
    before = now
    now = draw(game.state)
    onStep?.(game)
    if (game.isOver) onOver?.(game)
    return true
  }

  return {
    game: () => game,
    pass: (milliseconds) => {
      time += milliseconds
      if (game.isOver) {
        rested += milliseconds
        if (rested >= restMs) restart()
        return
      }
      for (let i = 0; time >= stepMs && goesOn(); i++) {
        if (i === MOST_STEPS || !step()) {
          time = Math.min(time, stepMs)
          return
        }
        time -= stepMs
      }
    },
    picture: () => (game.isOver ? now : between(before, now, Math.min(1, time / stepMs))),
    restart,
  }
}

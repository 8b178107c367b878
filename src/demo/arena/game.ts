import type { Environment } from '../../env/environment.ts'
import type { Element, Space } from '../../env/space.ts'
import { foldIn, split, type Key } from '../../random/key.ts'

/** An episode at play. */
export interface Game {
  readonly state: unknown
  readonly key: Key
  /** steps taken */
  readonly length: number
  readonly return: number
  readonly isOver: boolean
}

/** An episode at its beginning. */
export const begin = (env: Environment<unknown>, k: Key): Game => {
  const [initKey, next] = split(k, 2)
  return { state: env.init(initKey), key: next, length: 0, return: 0, isOver: false }
}

/** An episode after one more step; one that is over stays as it is. */
export const after = (env: Environment<unknown>, game: Game, action: Element<Space>): Game => {
  if (game.isOver) return game
  const [{ reward, terminated, truncated }, state] = env.step(
    action,
    foldIn(game.key, game.length),
  )(game.state)
  return {
    state,
    key: game.key,
    length: game.length + 1,
    return: game.return + reward,
    isOver: terminated || truncated,
  }
}

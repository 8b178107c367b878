import type { Outcome } from '../../src/env/index.ts'
import { untimedFlappyBird } from '../../src/env/flappyBird.ts'
import type { FlappyBirdState } from '../../src/env/flappyBirdGame.ts'
import { foldIn, key, type Key } from '../../src/random/index.ts'

export type Flap = 0 | 1

/** Frames planned ahead: a pipe that enters meanwhile is still on its way to the bird by then. */
const HORIZON = 50
/** Frames played of a plan before the next one. */
const FOLLOWED = 10

const ANY = key(0)

/** The first way to live through the coming frames, falling where it may. */
const plan = (
  state: FlappyBirdState,
  frames: number,
  dead: Set<string> = new Set(),
): readonly Flap[] | null => {
  if (frames === 0) return []
  const here = `${frames} ${state.y} ${state.velocity}`
  if (dead.has(here)) return null
  for (const action of [0, 1] as const) {
    const [{ terminated }, next] = untimedFlappyBird.step(action, ANY)(state)
    const rest = terminated ? null : plan(next, frames - 1, dead)
    if (rest !== null) return [action, ...rest]
  }
  dead.add(here)
  return null
}

export interface Frame {
  readonly key: Key
  readonly before: FlappyBirdState
  readonly action: Flap
  readonly outcome: Outcome
  readonly after: FlappyBirdState
}

/** The life of a player who looks ahead and sees no more than what is on the screen. */
export const survivor = (seed: number, frames: number): readonly Frame[] => {
  let before = untimedFlappyBird.init(key(seed))
  let planned: readonly Flap[] = []
  return Array.from({ length: frames }, (_, t): Frame => {
    if (t % FOLLOWED === 0) planned = plan(before, HORIZON) ?? []
    const action = planned[t % FOLLOWED] ?? 0
    const stepKey = foldIn(key(seed), t)
    const [outcome, after] = untimedFlappyBird.step(action, stepKey)(before)
    const frame = { key: stepKey, before, action, outcome, after }
    before = after
    return frame
  })
}

import { foldIn, split, type Key } from '../../random/key.ts'
import { sampleElement } from '../sample.ts'
import type { Task } from '../../engine/task.ts'
import { seenLines, type Asking, type Played } from './episode.ts'
import { difference, linesOf } from './lines.ts'

/** Replays episodes, interleaved step by step. */
const playTogether = function* (
  { env, answered, book: { run, enter } }: Asking,
  played: ReadonlyArray<readonly [number: number, episode: Played]>,
): Task<void> {
  const beside = env.forwardOnly === true ? 'again' : 'side by side'
  const placeOf = (number: number, at: number): string =>
    `episode ${number}, ${at === 0 ? 'init' : `step ${at - 1}`}, ${beside}`
  const states: unknown[] = []
  for (const [number, { initKey, seen }] of played) {
    const place = placeOf(number, 0)
    const state = yield* answered('replay', place, () => env.init(initKey))
    states.push(state)
    const lines = run('replay', place, () => seenLines(null, env.observe(state)))
    enter('replay', place, difference(seen[0]!, lines))
  }
  const longest = Math.max(...played.map(([, { actions }]) => actions.length))
  for (let t = 0; t < longest; t++)
    for (const [row, [number, { actions, stepKey, seen }]] of played.entries()) {
      if (t >= actions.length) continue
      const place = placeOf(number, t + 1)
      const [outcome, next] = yield* answered('replay', place, () =>
        env.step(actions[t]!, foldIn(stepKey, t))(states[row]),
      )
      states[row] = next
      const lines = run('replay', place, () => seenLines(outcome, env.observe(next)))
      enter('replay', place, difference(seen[t + 1]!, lines))
    }
  for (const state of states) env.release?.(state)
}

/**
 * Replays episodes interleaved, which exposes an environment that keeps data of an episode outside its
 * state. With `forwardOnly` there may be only one game, so it replays them one after the other.
 */
export const playAgain = function* (asking: Asking, played: readonly Played[]): Task<void> {
  const numbered = played.map((episode, number) => [number, episode] as const)
  if (asking.env.forwardOnly !== true) yield* playTogether(asking, numbered)
  else for (const one of numbered) yield* playTogether(asking, [one])
}

const KEYS = 16

/** Whether any of a few first states, or of the steps from one of them, differs from the others. */
export const lookForChance = function* (
  { env, answered, book: { run, enter } }: Asking,
  key: Key,
): Task<void> {
  const place = 'init and first step'
  const keys = Array.from(split(key, KEYS))
  const firsts: unknown[] = []
  const steps: unknown[] = []
  const stepFrom = function* (state: unknown, k: Key): Task<void> {
    const open = run('mask', place, () => env.actionMask?.(state) ?? null)
    const action = sampleElement(env.actionSpace, key, open)
    steps.push(yield* answered('step', place, () => env.step(action, k)(state)))
  }
  for (const k of keys) {
    const state = yield* answered('init', place, () => env.init(k))
    firsts.push(state)
    if (env.forwardOnly === true) {
      yield* stepFrom(state, k)
      env.release?.((steps.at(-1) as readonly [unknown, unknown])[1])
    }
  }
  if (env.forwardOnly !== true) {
    for (const k of keys) yield* stepFrom(firsts[0], k)
    for (const state of firsts) env.release?.(state)
  }
  const differ = [firsts, steps].some((all) =>
    all.some((x) => difference(linesOf(all[0], ''), linesOf(x, '')) !== null),
  )
  enter('chance', place, differ ? null : `${KEYS} keys gave the same result`)
}

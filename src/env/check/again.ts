import { foldIn, split, type Key } from '../../random/key.ts'
import type { Environment } from '../environment.ts'
import { sampleElement } from '../sample.ts'
import { seenLines, type Played } from './episode.ts'
import type { Ledger } from './ledger.ts'
import { difference, linesOf } from './lines.ts'

/**
 * Plays episodes again, side by side, a step of each in turn: a world that keeps something of an
 * episode anywhere but in its state mixes them up.
 */
export const playAgain = <S>(
  env: Environment<S>,
  played: readonly Played[],
  { run, enter }: Ledger,
): void => {
  const look = (number: number, at: number, lines: () => readonly string[]): void => {
    const place = `episode ${number}, ${at === 0 ? 'init' : `step ${at - 1}`}, side by side`
    const again = run('replay', place, lines)
    enter('replay', place, difference(played[number]!.seen[at]!, again))
  }
  const states = played.map(({ initKey }) => run('replay', 'init', () => env.init(initKey)))
  states.forEach((state, e) => look(e, 0, () => seenLines(null, env.observe(state))))
  const longest = Math.max(...played.map(({ actions }) => actions.length))
  for (let t = 0; t < longest; t++)
    played.forEach(({ actions, stepKey }, e) => {
      if (t >= actions.length) return
      look(e, t + 1, () => {
        const [outcome, next] = env.step(actions[t]!, foldIn(stepKey, t))(states[e]!)
        states[e] = next
        return seenLines(outcome, env.observe(next))
      })
    })
}

const KEYS = 16

/** Whether any of a few first states, or of the steps from one of them, differs from the others. */
export const lookForChance = <S>(env: Environment<S>, key: Key, { run, enter }: Ledger): void => {
  const place = 'init and first step'
  const keys = Array.from(split(key, KEYS))
  const firsts = keys.map((k) => run('init', place, () => env.init(k)))
  const state = firsts[0]!
  const open = run('mask', place, () => env.actionMask?.(state) ?? null)
  const action = sampleElement(env.actionSpace, key, open)
  const steps = keys.map((k) => run('step', place, () => env.step(action, k)(state)))
  const differ = [firsts, steps].some((all) =>
    all.some((x) => difference(linesOf(all[0], ''), linesOf(x, '')) !== null),
  )
  enter('chance', place, differ ? null : `${KEYS} keys brought the same`)
}

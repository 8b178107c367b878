import type { Environment } from '../../../env/environment.ts'
import { guard } from '../../../env/guard.ts'
import { choices, type Space } from '../../../env/space.ts'
import { sampleElement } from '../../../env/sample.ts'
import { foldIn, split, type Key } from '../../../random/key.ts'
import { located } from '../../../tensor/check.ts'

/** Steps of a probe: enough for ten episodes of 200 steps. */
export const PROBE_STEPS = 2000

/** How far into the future the discounted returns of a probe look: 1 / (1 − γ) steps. */
const GAMMA = 0.99

/** What a feature was in the observations of a probe. */
export interface FeatureRange {
  readonly mean: number
  readonly std: number
  /** the largest absolute value */
  readonly largest: number
}

/** The results of random actions in an environment. */
export interface Probe {
  readonly steps: number
  /** episodes that ended */
  readonly episodes: number
  /** those of them that a time limit cut off */
  readonly truncated: number
  /** mean length of the episodes that ended; `steps` if none did */
  readonly length: number
  /** largest and smallest reward */
  readonly highest: number
  readonly lowest: number
  /** root mean square of Rₜ = γ Rₜ₋₁ + rₜ with γ = 0.99, which starts at 0 in each episode */
  readonly discounted: number
  readonly features: readonly FeatureRange[]
  /** whether all observations consist of 0 and 1, as one-hot vectors and binary images do */
  readonly isBinary: boolean
}

/** Whether random actions gained nothing: no reward was above 0, and only time limits ended episodes. */
export const hasGainedNothing = ({ highest, episodes, truncated }: Probe): boolean =>
  highest <= 0 && episodes === truncated

/** Running mean, squared deviations (Welford 1962) and largest size of each feature. */
const ranges = (size: number) => {
  const mean = new Float64Array(size)
  const m2 = new Float64Array(size)
  const largest = new Float64Array(size)
  let count = 0
  let isBinary = true
  return {
    add: (row: Float64Array): void => {
      count++
      for (let j = 0; j < size; j++) {
        const x = row[j]!
        const before = x - mean[j]!
        mean[j]! += before / count
        m2[j]! += before * (x - mean[j]!)
        largest[j] = Math.max(largest[j]!, Math.abs(x))
        isBinary &&= x === 0 || x === 1
      }
    },
    read: () => ({
      isBinary,
      features: Array.from(mean, (m, j): FeatureRange => ({
        mean: m,
        std: Math.sqrt(m2[j]! / count),
        largest: largest[j]!,
      })),
    }),
  }
}

/**
 * Plays an environment with random actions, uniform within bounds, for `PROBE_STEPS` steps, one episode
 * after the other.
 *
 * @throws RangeError with the step where the environment throws or gives an invalid answer
 */
export const probe = <S, A extends Space>(env: Environment<S, A>, key: Key): Probe => {
  const { init, step, observe, actionMask, release } = guard(env)
  const [initKey, actKey, stepKey] = split(key, 3)
  const row = new Float64Array(env.observationSpace.size)
  const mask = new Uint8Array(choices(env.actionSpace))
  const seen = ranges(row.length)
  const ended = { episodes: 0, truncated: 0, steps: 0 }
  let [highest, lowest, running, squares, length] = [-Infinity, Infinity, 0, 0, 0]

  const see = (state: S): void => {
    observe(state, row, 0, 0, 1)
    seen.add(row)
  }
  const begin = (): S => {
    const state = init(foldIn(initKey, ended.episodes), 0)
    see(state)
    return state
  }
  const act = (state: S, at: number) => {
    actionMask?.(state, mask, 0, 0)
    const open = actionMask === null ? null : Array.from(mask, (x) => x === 1)
    const action = sampleElement(env.actionSpace, foldIn(actKey, at), open)
    return step(action, foldIn(stepKey, at), state, 0)
  }

  let at = 0
  try {
    let state = begin()
    for (; at < PROBE_STEPS; at++) {
      const [{ reward, terminated, truncated }, next] = act(state, at)
      see(next)
      state = next
      length++
      highest = Math.max(highest, reward)
      lowest = Math.min(lowest, reward)
      running = GAMMA * running + reward
      squares += running * running
      if (!terminated && !truncated) continue
      release(state, 0)
      ended.episodes++
      ended.steps += length
      if (!terminated) ended.truncated++
      running = 0
      length = 0
      state = begin()
    }
    release(state, 0)
  } catch (error) {
    throw located(`${env.name}: random step ${at}`, error, { environment: env.name, step: at })
  }
  return {
    steps: PROBE_STEPS,
    episodes: ended.episodes,
    truncated: ended.truncated,
    length: ended.episodes === 0 ? PROBE_STEPS : ended.steps / ended.episodes,
    highest,
    lowest,
    discounted: Math.sqrt(squares / PROBE_STEPS),
    ...seen.read(),
  }
}

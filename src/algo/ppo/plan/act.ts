import type { PlannedEnvironment } from './plannable.ts'
import { life, type Episode, type Slot } from '../../../env/wrapper/vectorise.ts'
import { foldIn, type Key } from '../../../random/key.ts'
import { normalised } from '../../../rl/normaliseObservation.ts'
import { located, notFinite } from '../../../tensor/check.ts'
import type { ReadonlyNumbers } from '../../../tensor/tensor.ts'
import type { PpoConfig } from '../config.ts'
import { sizesOf, type Record } from './arrays.ts'
import type { Networks, Range } from './networks.ts'
import type { Sight } from './sight.ts'

/** An episode that ended, and the step in which it did. */
export interface TimedEpisode extends Episode {
  readonly time: number
}

/** What a thread has to say of its worlds when it has acted. */
export interface Acted<S> {
  readonly slots: ReadonlyArray<Slot<S>>
  /** [env, feature], of these worlds, as they show it */
  readonly observation: Float32Array
  readonly episodes: readonly TimedEpisode[]
}

/** Throws unless the rows are finite, `columns` numbers each; `from` is the place of the first. */
const expectRows = (
  argument: string,
  dims: readonly string[],
  x: ReadonlyNumbers,
  [from, to]: Range,
  columns: number,
): void => {
  for (let i = 0; i < (to - from) * columns; i++)
    if (!Number.isFinite(x[i]!)) {
      const sizes = dims.map((_, d) => (d === 0 ? to : columns))
      throw notFinite(argument, dims, sizes, from * columns + i, x[i]!)
    }
}

/**
 * `rollout` for worlds [from, to), into arrays laid out beforehand and to the same bits: what world
 * i does at step t depends on its own key and row alone.
 *
 * @param alive called once a step
 */
export const plannedAct = <S>(
  config: PpoConfig,
  env: PlannedEnvironment<S>,
  record: Record,
  { mean, deviation, clip }: Sight,
  { x, actor, critic, dist, maxRows }: Networks,
  [from, to]: Range,
  alive: () => void,
) => {
  const { envs, steps } = config
  const { start, step, see, release } = life(env, config.actionBound)
  const features = env.observationSpace.size
  const { kind, outputs, actions } = sizesOf(config, env)
  const { rows, observation, action, logProb, value, nextValue, reward, terminated, truncated } =
    record
  const chosen = record.action.slice(0, rows * actions)
  const isWhitened = config.normalise.observation
  /** [row, feature], what the worlds show: x itself where the networks read just that */
  const bare = isWhitened ? new Float32Array(rows * features) : x

  /** Writes into row i of x what the policy sees of a state. */
  const look = (state: S, i: number): void => {
    see(state, bare, i * features, from + i, envs)
    if (!isWhitened) return
    for (let j = 0; j < features; j++) {
      const at = i * features + j
      x[at] = normalised(bare[at]!, mean[j]!, deviation[j]!, clip[0]!)
    }
  }

  /** Actions, log-probabilities and values of step t, by the observations in x. */
  const decide = (t: number, key: Key): void => {
    actor.forward(rows)
    critic.forward(rows)
    expectRows('policy', ['env', 'param'], actor.out, [from, to], outputs)
    expectRows('value', ['env'], critic.out, [from, to], 1)
    dist.evaluate(rows)
    dist.sample(chosen, foldIn(key, t), from, rows)
    if (kind === 'gaussian') expectRows('action', ['env', 'action'], chosen, [from, to], actions)
    dist.score(chosen, rows)
    const at = t * rows
    for (let i = 0; i < rows; i++) {
      logProb[at + i] = dist.logProb[i]!
      value[at + i] = critic.out[i]!
    }
    for (let j = 0; j < rows * actions; j++) action[at * actions + j] = chosen[j]!
    for (let j = 0; j < rows * features; j++) observation[at * features + j] = x[j]!
    if (isWhitened) record.shown.set(bare, at * features)
  }

  /** V of states that nobody acts in, a few at a time: the rows of a product do not meet. */
  const ask = (asked: readonly number[], seen: readonly number[]): void => {
    for (let first = 0; first < asked.length; first += maxRows) {
      const count = Math.min(maxRows, asked.length - first)
      for (let j = 0; j < count * features; j++) x[j] = seen[first * features + j]!
      critic.forward(count)
      for (let i = 0; i < count; i++) {
        const [at, v] = [asked[first + i]!, critic.out[i]!]
        const place = Math.floor(at / rows) * envs + from + (at % rows)
        if (!Number.isFinite(v))
          throw notFinite('nextValue', ['time', 'env'], [steps, envs], place, v)
        nextValue[at] = v
      }
    }
  }

  return (key: Key, given: ReadonlyArray<Slot<S>>): Acted<S> => {
    const slots = given.slice()
    const episodes: TimedEpisode[] = []
    const asked: number[] = []
    const seen: number[] = []

    const live = (t: number, i: number): void => {
      const place = from + i
      const at = t * rows + i
      const [outcome, next] = step(slots[i]!, chosen, i * actions, place)
      look(next.state, i)
      reward[at] = outcome.reward
      terminated[at] = outcome.terminated ? 1 : 0
      truncated[at] = outcome.truncated ? 1 : 0
      nextValue[at] = 0
      if (!outcome.terminated && (outcome.truncated || t === steps - 1)) {
        asked.push(at)
        for (let j = i * features; j < (i + 1) * features; j++) seen.push(x[j]!)
      }
      if (outcome.terminated || outcome.truncated) {
        episodes.push({ time: t, env: place, return: next.return, length: next.length })
        release(next.state, place)
        slots[i] = start(next.key, place)
        look(slots[i].state, i)
      } else slots[i] = next
    }

    slots.forEach(({ state }, i) => look(state, i))
    for (let t = 0; t < steps; t++)
      try {
        decide(t, key)
        alive()
        // Where the episode went on, the value before was of this very state.
        if (t > 0)
          for (let at = (t - 1) * rows; at < t * rows; at++)
            if (terminated[at] === 0 && truncated[at] === 0) nextValue[at] = value[at + rows]!
        for (let i = 0; i < rows; i++) live(t, i)
        for (let i = 0; i < rows; i++) {
          const earned = reward[t * rows + i]!
          if (!Number.isFinite(earned)) throw notFinite('reward', ['env'], [envs], from + i, earned)
        }
      } catch (error) {
        throw located(`${env.name}: step ${t}`, error, { world: env.name, step: t })
      }
    const last = bare.slice(0, rows * features)
    ask(asked, seen)
    return { slots, observation: last, episodes }
  }
}

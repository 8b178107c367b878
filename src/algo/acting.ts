import { normalised } from '../env/linear.ts'
import { waitAll, type Task } from '../engine/task.ts'
import type { Episode, AnyEnvStepper, EnvState } from '../env/wrapper/vectorise.ts'
import type { Runtime } from '../engine/runtime.ts'
import { operation } from '../kernel/machine.ts'
import { foldIn, type Key } from '../random/key.ts'
import { located, notFinite } from '../tensor/check.ts'
import {
  data,
  own,
  type Floats,
  type Numbers,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { RolloutBuffer } from './buffer.ts'
import type { Policy, PolicyParams } from './policy.ts'
import type { AgentEnv } from './samples.ts'
import type { ObservationStats } from './observationStats.ts'

/** An episode that ended, and the step in which it did. */
interface TimedEpisode extends Episode {
  readonly time: number
}

/** What a thread returns after acting. */
export interface Acted<S> {
  readonly slots: ReadonlyArray<EnvState<S>>
  /** [env, feature], of these environments, as they show it */
  readonly observation: Floats
  readonly episodes: readonly TimedEpisode[]
  /** where in [time, env] V of a state that nobody acted in was asked for, and that state */
  readonly bootstrap: { readonly at: readonly number[]; readonly observation: readonly number[] }
}

/**
 * Acts for the steps of an update, drawing from a key, and continues the environments from their current
 * states.
 */
type Performance<S> = (key: Key, slots: ReadonlyArray<EnvState<S>>) => Task<Acted<S>>

/** Acting with a policy in synchronous or asynchronous environments. */
export type Act = <S>(lives: AnyEnvStepper<S>) => Performance<S>

export interface ActingSpec {
  readonly env: AgentEnv
  readonly policy: Policy
  readonly params: PolicyParams
  readonly buffer: RolloutBuffer
  /** null: the policy receives observations unchanged */
  readonly stats: ObservationStats | null
  readonly steps: number
  /** environments of all threads */
  readonly envs: number
  /** environments [from, to) of this thread */
  readonly range: readonly [from: number, to: number]
}

/** Throws unless the rows of a thread are finite; `from` is the first one's place. */
const expectFiniteRows = operation(
  'expectFinite',
  (
    _,
    x: ReadonlyNumbers,
    argument: string,
    dims: readonly string[],
    from: number,
    to: number,
    columns: number,
  ) => {
    for (let i = 0; i < x.length; i++)
      if (!Number.isFinite(x[i]!)) {
        const sizes = dims.map((_, d) => (d === 0 ? to : columns))
        throw notFinite(argument, dims, sizes, from * columns + i, x[i]!)
      }
  },
)

/** Numbers that a copy of a whole array takes less time for than a loop. */
const MANY = 128

const arrayOf = (t: Tensor): Numbers => data(t) as Numbers

/**
 * Acts for `steps` steps in this thread's environments under a frozen policy. Step t draws from child t
 * of the key, so what environment i does at t depends on nothing else.
 */
export const acting = (
  { group, own: mine, record }: Runtime,
  { env, policy, params, buffer, stats, steps, envs, range: [from, to] }: ActingSpec,
): Act => {
  const rows = to - from
  const features = env.observationSpace.size
  const x = mine.floats(rows * features)
  const raw = stats === null ? x : mine.floats(rows * features)
  const seen = own(['env', 'feature'], [rows, features], x)
  const choices = buffer.actionMask?.shape[2] ?? 0
  const allowed = mine.bytes(rows * choices)
  const mask = choices === 0 ? null : own(['env', 'choice'], [rows, choices], allowed)
  const live: { words: Key['words'] } = { words: [0, 0] }

  const decide = record((machine) => {
    const [{ param, value }] = policy.network.forward(machine, params.tree, seen)
    const check = (argument: string, dims: readonly string[], t: Tensor, columns = 1): void =>
      machine.run(expectFiniteRows, data(t), argument, dims, from, to, columns)
    check('policy', ['env', 'param'], param, param.shape[1])
    check('value', ['env'], value)
    const dist = policy.distribution.at(param, mask, machine)
    const action = dist.sample(live, from)
    if (action.dtype !== 'i32') check('action', ['env', 'action'], action, action.shape[1])
    return { action, logProb: dist.logProb(action), value }
  })
  const bootstrap = record((machine) => policy.network.value(machine, params.tree, seen)[0])

  /** Writes the rows of step t into a field of the buffer: by a loop, where they are few. */
  const keeping = (field: Tensor | undefined) => {
    if (field === undefined) return () => undefined
    const to = arrayOf(field)
    return (t: number, values: ReadonlyNumbers): void => {
      const at = t * values.length
      if (values.length >= MANY) to.set(values, at)
      else for (let i = 0; i < values.length; i++) to[at + i] = values[i]!
    }
  }
  const keep = {
    observation: keeping(buffer.observation),
    rawObservation: keeping(buffer.rawObservation),
    action: keeping(buffer.action),
    actionMask: keeping(buffer.actionMask),
    logProb: keeping(buffer.logProb),
    value: keeping(buffer.value),
  }

  return <S>({
    start,
    step,
    observe: see,
    actionMask: open,
    release,
  }: AnyEnvStepper<S>): Performance<S> => {
    /** Writes the policy's observation of a state into row i of x. */
    const look = (state: S, i: number): void => {
      see(state, raw, i * features, from + i, envs)
      if (stats === null) return
      const { mean, deviation, clip } = stats
      for (let j = 0; j < features; j++) {
        const at = i * features + j
        x[at] = normalised(raw[at]!, mean[j]!, deviation[j]!, clip[0]!)
      }
    }
    const [reward, nextValue, value] = [buffer.reward, buffer.nextValue, buffer.value].map(
      arrayOf,
    ) as [Floats, Floats, Floats]
    const [terminated, truncated] = [buffer.terminated, buffer.truncated].map(arrayOf) as [
      Uint8Array,
      Uint8Array,
    ]

    /** V of states that nobody acts in, as many at a time as there are rows. */
    const valueOf = (at: readonly number[], observed: readonly number[]): void => {
      for (let first = 0; first < at.length; first += rows) {
        const count = Math.min(rows, at.length - first)
        for (let j = 0; j < count * features; j++) x[j] = observed[first * features + j]!
        const values = data(bootstrap.run())
        for (let i = 0; i < count; i++) {
          const [place, v] = [at[first + i]!, values[i]!]
          if (!Number.isFinite(v)) {
            const index = Math.floor(place / rows) * envs + from + (place % rows)
            throw notFinite('nextValue', ['time', 'env'], [steps, envs], index, v)
          }
          nextValue[place] = v
        }
      }
    }

    return function* (key: Key, given: ReadonlyArray<EnvState<S>>): Task<Acted<S>> {
      const slots = given.slice()
      const episodes: TimedEpisode[] = []
      const asked: number[] = []
      const observed: number[] = []
      slots.forEach(({ state }, i) => look(state, i))
      for (let t = 0; t < steps; t++)
        try {
          if (open !== null)
            slots.forEach(({ state }, i) => open(state, allowed, i * choices, from + i))
          live.words = foldIn(key, t).words
          const decided = decide.run()
          const action = data(decided.action)
          const columns = (decided.action.shape as readonly number[])[1] ?? 1
          keep.observation(t, x)
          keep.rawObservation(t, raw)
          keep.actionMask(t, allowed)
          keep.action(t, action)
          keep.logProb(t, data(decided.logProb))
          keep.value(t, data(decided.value))
          group.heartbeat()
          // Where the episode went on, the value of the state before it is this one.
          if (t > 0)
            for (let at = (t - 1) * rows; at < t * rows; at++)
              if (terminated[at] === 0 && truncated[at] === 0) nextValue[at] = value[at + rows]!

          const answers = yield* waitAll(
            slots.map((slot, i) => step(slot, action, i * columns, from + i)),
          )
          const ended: number[] = []
          for (let i = 0; i < rows; i++) {
            const [outcome, next] = answers[i]!
            const at = t * rows + i
            look(next.state, i)
            reward[at] = outcome.reward
            terminated[at] = outcome.terminated ? 1 : 0
            truncated[at] = outcome.truncated ? 1 : 0
            nextValue[at] = 0
            if (!outcome.terminated && (outcome.truncated || t === steps - 1)) {
              asked.push(at)
              for (let j = i * features; j < (i + 1) * features; j++) observed.push(x[j]!)
            }
            slots[i] = next
            if (outcome.terminated || outcome.truncated) {
              episodes.push({ time: t, env: from + i, return: next.return, length: next.length })
              ended.push(i)
            }
          }
          if (ended.length > 0) {
            for (const i of ended) release(slots[i]!.state, from + i)
            const begun = yield* waitAll(ended.map((i) => start(slots[i]!.key, from + i)))
            ended.forEach((i, n) => {
              const slot = begun[n]!
              slots[i] = slot
              look(slot.state, i)
            })
          }
          for (let i = 0; i < rows; i++) {
            const earned = reward[t * rows + i]!
            if (!Number.isFinite(earned))
              throw notFinite('reward', ['env'], [envs], from + i, earned)
          }
        } catch (error) {
          throw located(`${env.name}: step ${t}`, error, { environment: env.name, step: t })
        }
      const observation = raw.slice()
      valueOf(asked, observed)
      const at = asked.map((place) => Math.floor(place / rows) * envs + from + (place % rows))
      return { slots, observation, episodes, bootstrap: { at, observation: observed } }
    }
  }
}

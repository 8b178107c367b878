import { foldIn, split, type Key } from '../../random/key.ts'
import { expectFinite, expectShape, located } from '../../tensor/check.ts'
import {
  allocate,
  data,
  own,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../../tensor/tensor.ts'
import type { AnyEnvironment, Environment, Outcome } from '../environment.ts'
import { guard, type ViewGuard } from '../guard.ts'
import { reader, type Bound, type Reader } from '../reader.ts'
import { choices, width, type Space } from '../space.ts'
import { waitAll, runSync, type Later, type Task } from '../../engine/task.ts'

/** One of the environments, with its own key and the episode it is in. */
export interface EnvState<S> {
  readonly key: Key
  readonly state: S
  readonly return: number
  readonly length: number
}

/** The states of B environments side by side, and their observations. */
export interface VecEnvState<S> {
  readonly slots: ReadonlyArray<EnvState<S>>
  readonly observation: Tensor<['env', 'feature']>
}

/** A finished episode: its environment, the sum of its rewards and the number of its steps. */
export interface Episode {
  readonly env: number
  readonly return: number
  readonly length: number
}

/** The results of one step of several environments, one row per environment. */
export interface StepBatch {
  readonly reward: Tensor<['env']>
  /** 1 where the episode ended in a terminal state */
  readonly terminated: Tensor<['env']>
  /** 1 where it was cut off */
  readonly truncated: Tensor<['env']>
  /** s′, the observation after the step and before any reset */
  readonly nextObservation: Tensor<['env', 'feature']>
  readonly episodes: readonly Episode[]
}

/** One action per environment: [env] for a discrete space, [env, action] for any other. */
export type EnvActions = Tensor<['env'] | ['env', 'action']>

/** Several copies of an environment that step together and reset automatically. */
export interface VectorEnvironment<S, A extends Space = Space> {
  readonly env: Environment<S, A>
  readonly count: number
  readonly init: (key: Key) => VecEnvState<S>
  readonly step: (action: EnvActions) => (envState: VecEnvState<S>) => [StepBatch, VecEnvState<S>]
  /** 1 for each allowed choice; null if the environment masks none. */
  readonly actionMask: (envState: VecEnvState<S>) => Tensor<['env', 'choice']> | null
}

/** What happens to one environment of many, whoever keeps the others. */
export interface EnvStepper<S> extends ViewGuard<S> {
  /** The first state of place `at`. */
  readonly start: (key: Key, at: number) => EnvState<S>
  /**
   * One step by the action that begins at `from`; the episode that it may end is still the slot's.
   * `at` is its place, for errors.
   */
  readonly step: (
    slot: EnvState<S>,
    action: ReadonlyNumbers,
    from: number,
    at: number,
  ) => [Outcome, EnvState<S>]
}

/** Reads the action of place `at`. */
export const actionReader = <A extends Space>(space: A, bound: Bound) => {
  const read: Reader<A> = reader(space, bound)
  return (action: ReadonlyNumbers, from: number, at: number) => {
    try {
      return read(action, from)
    } catch (error) {
      throw located(`action[env=${at}]`, error, { env: at, field: 'action' })
    }
  }
}

/** The slot after a step. */
export const grown = <S>(slot: EnvState<S>, { reward }: Outcome, state: S): EnvState<S> => ({
  key: slot.key,
  state,
  return: slot.return + reward,
  length: slot.length + 1,
})

/** @param bound what becomes of actions beyond the bounds of a box */
export const envStepper = <S>(env: Environment<S>, bound: Bound): EnvStepper<S> => {
  const { init, step, observe: see, actionMask: open, release } = guard(env)
  const actionAt = actionReader(env.actionSpace, bound)
  return {
    start: (key, at) => {
      const [initKey, next] = split(key, 2)
      return { key: next, state: init(initKey, at), return: 0, length: 0 }
    },

    step: (slot, action, from, at) => {
      const element = actionAt(action, from, at)
      const [outcome, state] = step(element, foldIn(slot.key, slot.length), slot.state, at)
      return [outcome, grown(slot, outcome, state)]
    },

    observe: see,
    actionMask: open,
    release,
  }
}

/** Lives whose answers may come later. */
export interface AnyEnvStepper<S> extends ViewGuard<S> {
  readonly start: (...start: Parameters<EnvStepper<S>['start']>) => Later<EnvState<S>>
  readonly step: (...step: Parameters<EnvStepper<S>['step']>) => Later<[Outcome, EnvState<S>]>
}

/** Environments that go on together. */
interface Together<S> {
  readonly init: (key: Key) => Task<VecEnvState<S>>
  readonly step: (
    action: EnvActions,
  ) => (envState: VecEnvState<S>) => Task<[StepBatch, VecEnvState<S>]>
  readonly actionMask: VectorEnvironment<S>['actionMask']
}

/** How `count` environments go on side by side, whether they answer at once or later. */
export const batch = <S>(
  env: AnyEnvironment<S>,
  count: number,
  dtype: 'f32' | 'f64',
  { start, step, observe: see, actionMask: open, release }: AnyEnvStepper<S>,
): Together<S> => {
  if (env.autoReset === 'sameStep')
    throw new RangeError(
      `env: expected an environment that stays in the last state of an episode, got ${env.name} with autoReset('sameStep'): leave it out, because finished episodes are reset here anyway`,
    )
  const features = env.observationSpace.size
  const columns = width(env.actionSpace)

  const seeAll = (slots: ReadonlyArray<EnvState<S>>): Tensor<['env', 'feature']> => {
    const out = allocate(dtype, count * features) as Floats
    slots.forEach(({ state }, i) => see(state, out, i * features, i, count))
    return own(['env', 'feature'], [count, features], out)
  }

  return {
    init: function* (key: Key): Task<VecEnvState<S>> {
      try {
        const places = Array.from({ length: count }, (_, i) => i)
        const slots = yield* waitAll(places.map((i) => start(foldIn(key, i), i)))
        return { slots, observation: seeAll(slots) }
      } catch (error) {
        throw located(`${env.name}: start`, error, { environment: env.name, step: 0 })
      }
    },

    actionMask: ({ slots }: VecEnvState<S>): Tensor<['env', 'choice']> | null => {
      if (open === null) return null
      const entries = choices(env.actionSpace)
      const out = new Uint8Array(count * entries)
      slots.forEach(({ state }, i) => open(state, out, i * entries, i))
      return own(['env', 'choice'], [count, entries], out)
    },

    step: (action: EnvActions) => {
      const a = data(
        env.actionSpace.kind === 'discrete'
          ? expectShape('action', action, ['env'], [count])
          : expectShape('action', action, ['env', 'action'], [count, columns]),
      )
      return function* ({ slots }: VecEnvState<S>): Task<[StepBatch, VecEnvState<S>]> {
        const reward = allocate(dtype, count)
        const terminated = new Uint8Array(count)
        const truncated = new Uint8Array(count)
        const answers = yield* waitAll(slots.map((slot, i) => step(slot, a, i * columns, i)))
        const after = answers.map(([outcome, next], i) => {
          reward[i] = outcome.reward
          terminated[i] = outcome.terminated ? 1 : 0
          truncated[i] = outcome.truncated ? 1 : 0
          return next
        })
        const nextObservation = seeAll(after)
        const ended = after.flatMap((_, i) => (terminated[i] === 0 && truncated[i] === 0 ? [] : i))
        for (const i of ended) release(after[i]!.state, i)
        const begun = yield* waitAll(ended.map((i) => start(after[i]!.key, i)))
        const next = after.slice()
        const episodes = ended.map((i, n): Episode => {
          next[i] = begun[n]!
          return { env: i, return: after[i]!.return, length: after[i]!.length }
        })
        const batch: StepBatch = {
          reward: own(['env'], [count], reward),
          terminated: own(['env'], [count], terminated),
          truncated: own(['env'], [count], truncated),
          nextObservation,
          episodes,
        }
        expectFinite('reward', batch.reward)
        const observation = episodes.length === 0 ? nextObservation : seeAll(next)
        return [batch, { slots: next, observation }]
      }
    },
  }
}

/**
 * Copies of an environment that step together. Each has its own key, so environment i has the same episodes
 * however many others there are. When an episode ends, the next one starts in the same step;
 * `nextObservation` is the observation before that reset.
 *
 * @param count how many copies, a whole number >= 1
 * @param bound what happens to actions outside the bounds of a box: `clip` clips them, `squash` maps
 * [−1, 1] onto the bounds, `none` passes them to the environment
 * @throws RangeError for an environment with `autoReset('sameStep')`, which hides the last state of an
 * episode: truncated episodes would bootstrap from the first state of the next one
 */
export const vectorise = <S, A extends Space = Space>(
  env: Environment<S, A>,
  count: number,
  dtype: 'f32' | 'f64' = 'f32',
  bound: Bound = 'none',
): VectorEnvironment<S, A> => {
  const { init, step, actionMask: open } = batch(env, count, dtype, envStepper(env, bound))
  return {
    env,
    count,
    init: (key) => runSync(init(key)),
    actionMask: open,
    step: (action) => {
      const stepAll = step(action)
      return (envState) => runSync(stepAll(envState))
    },
  }
}

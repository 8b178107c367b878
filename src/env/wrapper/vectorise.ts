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
import { guard, type SeenGuard } from '../guard.ts'
import { reader, type Bound, type Reader } from '../reader.ts'
import { choices, width, type Space } from '../space.ts'
import { askAll, atOnce, type Later, type Task } from '../task.ts'

/** One of the worlds, with its own key and the episode it is in. */
export interface Slot<S> {
  readonly key: Key
  readonly state: S
  readonly return: number
  readonly length: number
}

/** B worlds side by side, and what is seen of them. */
export interface World<S> {
  readonly slots: ReadonlyArray<Slot<S>>
  readonly observation: Tensor<['env', 'feature']>
}

/** A finished episode: its environment, the sum of its rewards and the number of its steps. */
export interface Episode {
  readonly env: number
  readonly return: number
  readonly length: number
}

export interface StepBatch {
  readonly reward: Tensor<['env']>
  /** 1 where the episode ended in a terminal state */
  readonly terminated: Tensor<['env']>
  /** 1 where it was cut off */
  readonly truncated: Tensor<['env']>
  /** s′, what was seen after the step and before any reset */
  readonly nextObservation: Tensor<['env', 'feature']>
  readonly episodes: readonly Episode[]
}

/** An action a world: [env] where the space is discrete, [env, action] in every other. */
export type WorldActions = Tensor<['env'] | ['env', 'action']>

export interface VectorEnvironment<S, A extends Space = Space> {
  readonly env: Environment<S, A>
  readonly count: number
  readonly init: (key: Key) => World<S>
  readonly step: (action: WorldActions) => (world: World<S>) => [StepBatch, World<S>]
  /** 1 where a choice may be made; null where the world closes none. */
  readonly open: (world: World<S>) => Tensor<['env', 'choice']> | null
}

/** What happens to one world of many, whoever keeps the others. */
export interface Life<S> extends SeenGuard<S> {
  /** The first state of place `at`. */
  readonly start: (key: Key, at: number) => Slot<S>
  /**
   * One step by the action that begins at `from`; the episode that it may end is still the slot's.
   * `at` is its place, for errors.
   */
  readonly step: (
    slot: Slot<S>,
    action: ReadonlyNumbers,
    from: number,
    at: number,
  ) => [Outcome, Slot<S>]
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
export const grown = <S>(slot: Slot<S>, { reward }: Outcome, state: S): Slot<S> => ({
  key: slot.key,
  state,
  return: slot.return + reward,
  length: slot.length + 1,
})

/** @param bound what becomes of actions beyond the bounds of a box */
export const life = <S>(env: Environment<S>, bound: Bound): Life<S> => {
  const { init, step, see, open, release } = guard(env)
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

    see,
    open,
    release,
  }
}

/** Lives whose answers may come later. */
export interface Lives<S> extends SeenGuard<S> {
  readonly start: (...start: Parameters<Life<S>['start']>) => Later<Slot<S>>
  readonly step: (...step: Parameters<Life<S>['step']>) => Later<[Outcome, Slot<S>]>
}

/** Worlds that go on together. */
interface Together<S> {
  readonly init: (key: Key) => Task<World<S>>
  readonly step: (action: WorldActions) => (world: World<S>) => Task<[StepBatch, World<S>]>
  readonly open: VectorEnvironment<S>['open']
}

/** How `count` worlds go on side by side, whether they answer at once or later. */
export const sideBySide = <S>(
  env: AnyEnvironment<S>,
  count: number,
  dtype: 'f32' | 'f64',
  { start, step, see, open, release }: Lives<S>,
): Together<S> => {
  if (env.autoReset === 'sameStep')
    throw new RangeError(
      `env: expected an environment that stays in the last state of an episode, got ${env.name} with autoReset('sameStep'): leave it out, since finished episodes start anew here in any case`,
    )
  const features = env.observationSpace.size
  const columns = width(env.actionSpace)

  const seeAll = (slots: ReadonlyArray<Slot<S>>): Tensor<['env', 'feature']> => {
    const out = allocate(dtype, count * features) as Floats
    slots.forEach(({ state }, i) => see(state, out, i * features, i, count))
    return own(['env', 'feature'], [count, features], out)
  }

  return {
    init: function* (key: Key): Task<World<S>> {
      try {
        const places = Array.from({ length: count }, (_, i) => i)
        const slots = yield* askAll(places.map((i) => start(foldIn(key, i), i)))
        return { slots, observation: seeAll(slots) }
      } catch (error) {
        throw located(`${env.name}: start`, error, { world: env.name, step: 0 })
      }
    },

    open: ({ slots }: World<S>): Tensor<['env', 'choice']> | null => {
      if (open === null) return null
      const entries = choices(env.actionSpace)
      const out = new Uint8Array(count * entries)
      slots.forEach(({ state }, i) => open(state, out, i * entries, i))
      return own(['env', 'choice'], [count, entries], out)
    },

    step: (action: WorldActions) => {
      const a = data(
        env.actionSpace.kind === 'discrete'
          ? expectShape('action', action, ['env'], [count])
          : expectShape('action', action, ['env', 'action'], [count, columns]),
      )
      return function* ({ slots }: World<S>): Task<[StepBatch, World<S>]> {
        const reward = allocate(dtype, count)
        const terminated = new Uint8Array(count)
        const truncated = new Uint8Array(count)
        const answers = yield* askAll(slots.map((slot, i) => step(slot, a, i * columns, i)))
        const after = answers.map(([outcome, next], i) => {
          reward[i] = outcome.reward
          terminated[i] = outcome.terminated ? 1 : 0
          truncated[i] = outcome.truncated ? 1 : 0
          return next
        })
        const nextObservation = seeAll(after)
        const ended = after.flatMap((_, i) => (terminated[i] === 0 && truncated[i] === 0 ? [] : i))
        for (const i of ended) release(after[i]!.state, i)
        const begun = yield* askAll(ended.map((i) => start(after[i]!.key, i)))
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
 * `count` copies of a world, each with a key of its own, so that world i lives the same life
 * however many others there are. A finished episode starts anew in the same step; the observation
 * before that is `nextObservation`.
 *
 * @param bound what becomes of actions beyond the bounds of a box: cut off there (`clip`), taken as
 * parts of the way from −1 to 1 between them (`squash`), or given to the world (`none`)
 * @throws RangeError for an environment with `autoReset('sameStep')`, which hides the last state of an
 * episode: truncated episodes would bootstrap from the first state of the next one
 */
export const vectorise = <S, A extends Space = Space>(
  env: Environment<S, A>,
  count: number,
  dtype: 'f32' | 'f64' = 'f32',
  bound: Bound = 'none',
): VectorEnvironment<S, A> => {
  const { init, step, open } = sideBySide(env, count, dtype, life(env, bound))
  return {
    env,
    count,
    init: (key) => atOnce(init(key)),
    open,
    step: (action) => {
      const stepAll = step(action)
      return (world) => atOnce(stepAll(world))
    },
  }
}

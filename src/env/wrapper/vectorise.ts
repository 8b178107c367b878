import { foldIn, split, type Key } from '../../random/key.ts'
import { expectFinite, expectShape } from '../../tensor/check.ts'
import { data, own, type Tensor } from '../../tensor/tensor.ts'
import type { DiscreteEnvironment } from '../environment.ts'

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

export interface VectorEnvironment<S> {
  readonly env: DiscreteEnvironment<S>
  readonly count: number
  readonly init: (key: Key) => World<S>
  readonly step: (action: Tensor<['env']>) => (world: World<S>) => [StepBatch, World<S>]
}

/**
 * `count` copies of a world, each with a key of its own, so that world i lives the same life
 * however many others there are. A finished episode starts anew in the same step; the observation
 * before that is `nextObservation`.
 */
export const vectorise = <S>(
  env: DiscreteEnvironment<S>,
  count: number,
  dtype: 'f32' | 'f64' = 'f32',
): VectorEnvironment<S> => {
  const features = env.observationSpace.size

  const start = (key: Key): Slot<S> => {
    const [initKey, next] = split(key, 2)
    return { key: next, state: env.init(initKey), return: 0, length: 0 }
  }

  const see = (states: readonly S[]): Tensor<['env', 'feature']> => {
    const out =
      dtype === 'f32' ? new Float32Array(count * features) : new Float64Array(count * features)
    states.forEach((state, i) => {
      const seen = env.observe(state)
      if (seen.length !== features)
        throw new RangeError(
          `observation[env=${i}]: expected ${features} numbers as in ${env.name}'s observationSpace, got ${seen.length}`,
        )
      out.set(seen, i * features)
    })
    const observation = own(['env', 'feature'], [count, features], out)
    expectFinite('observation', observation)
    return observation
  }

  return {
    env,
    count,

    init: (key) => {
      const slots = Array.from({ length: count }, (_, i) => start(foldIn(key, i)))
      return { slots, observation: see(slots.map((slot) => slot.state)) }
    },

    step: (action) => {
      const a = data(expectShape('action', action, ['env'], [count]))
      return ({ slots }) => {
        const reward = dtype === 'f32' ? new Float32Array(count) : new Float64Array(count)
        const terminated = new Uint8Array(count)
        const truncated = new Uint8Array(count)
        const episodes: Episode[] = []
        const after = slots.map((slot, i): Slot<S> => {
          if (!(Number.isInteger(a[i]!) && a[i]! >= 0 && a[i]! < env.actionSpace.n))
            throw new RangeError(
              `action[env=${i}]: expected a whole number from 0 to ${env.actionSpace.n - 1}, got ${a[i]}`,
            )
          const [outcome, state] = env.step(a[i]!, foldIn(slot.key, slot.length))(slot.state)
          reward[i] = outcome.reward
          terminated[i] = outcome.terminated ? 1 : 0
          truncated[i] = outcome.truncated ? 1 : 0
          return {
            key: slot.key,
            state,
            return: slot.return + outcome.reward,
            length: slot.length + 1,
          }
        })
        const nextObservation = see(after.map((slot) => slot.state))
        const next = after.map((slot, i) => {
          if (terminated[i] === 0 && truncated[i] === 0) return slot
          episodes.push({ env: i, return: slot.return, length: slot.length })
          return start(slot.key)
        })
        const batch: StepBatch = {
          reward: own(['env'], [count], reward),
          terminated: own(['env'], [count], terminated),
          truncated: own(['env'], [count], truncated),
          nextObservation,
          episodes,
        }
        expectFinite('reward', batch.reward)
        const observation =
          episodes.length === 0 ? nextObservation : see(next.map((slot) => slot.state))
        return [batch, { slots: next, observation }]
      }
    },
  }
}

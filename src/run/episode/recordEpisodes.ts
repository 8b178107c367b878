import { drawRow } from '../../algo/playEpisodes.ts'
import type { Learner } from '../../algo/learner.ts'
import type { Policy } from '../../algo/policy.ts'
import type { Environment } from '../../env/environment.ts'
import { choices, width } from '../../env/space.ts'
import { envStepper } from '../../env/wrapper/vectorise.ts'
import { foldIn, split, type Key } from '../../random/key.ts'
import { located } from '../../tensor/check.ts'
import { allocate, data, own, type Floats } from '../../tensor/tensor.ts'
import type { ActionLog, LoggedEpisode } from './actionLog.ts'
import { columnsOf, pack } from './packed.ts'

/** Which episodes to record, and how the policy chooses its actions. */
export interface RecordOptions {
  /** what all draws of all episodes come from */
  readonly key: Key
  /** which episodes of an evaluation by this key */
  readonly episodes: readonly number[]
  /** `mode`: the most probable action; `sample`: one drawn from the policy, as in training */
  readonly act: 'mode' | 'sample'
}

/**
 * Plays episodes as `evaluate` does, each independently, and records the actions. Episode i equals, to the
 * bit, episode i of an evaluation with the same key: it depends only on the key and on i.
 *
 * @throws RangeError, with its address, if the environment breaks its contract
 */
export const recordEpisodes = <S>(
  env: Environment<S>,
  policy: Policy,
  { params, normaliser }: Pick<Learner, 'params' | 'normaliser'>,
  { key, episodes, act }: RecordOptions,
): ActionLog => {
  const [worldKey, actKey] = split(key, 2)
  const { start, step, observe: see, actionMask: open } = envStepper(env, policy.bound)
  const look = policy.normaliseObservation(normaliser)
  const features = env.observationSpace.size
  const entries = choices(env.actionSpace)
  const numbers = width(env.actionSpace)
  const columns = columnsOf(env.actionSpace, policy.machine.dtype)

  const choose = (state: S, place: number, t: number): readonly number[] => {
    const seen = allocate(policy.machine.dtype, features) as Floats
    see(state, seen, 0, 0, 1)
    const left = new Uint8Array(entries)
    open?.(state, left, 0, 0)
    const [{ dist }] = policy.forward(
      params,
      look(own(['env', 'feature'], [1, features], seen)),
      open === null ? null : own(['env', 'choice'], [1, entries], left),
    )
    // What is drawn for a row depends on its place.
    const action = data(
      act === 'mode' ? dist.mode() : drawRow(policy, dist.param, 0, foldIn(actKey, t), place),
    )
    return Array.from({ length: numbers }, (_, j) => action[j]!)
  }

  const play = (place: number): LoggedEpisode => {
    const episodeKey = foldIn(worldKey, place)
    const actions: number[] = []
    let slot = start(episodeKey, 0)
    for (;;) {
      try {
        const action = choose(slot.state, place, slot.length)
        const [{ terminated, truncated }, next] = step(slot, action, 0, 0)
        actions.push(...action)
        slot = next
        if (terminated || truncated) break
      } catch (error) {
        throw located(`${env.name}: step ${slot.length}`, error, {
          environment: env.name,
          step: slot.length,
        })
      }
    }
    return {
      key: episodeKey,
      actions: pack(columns, actions),
      return: slot.return,
      length: slot.length,
    }
  }

  return { env: env.name, bound: policy.bound, columns, episodes: episodes.map(play) }
}

import type { Rollout } from '../algo/rollout.ts'
import type { EnvSpec } from '../env/environment.ts'
import { flatten, flattenSpace } from '../env/flatten.ts'
import { reader, type Bound } from '../env/reader.ts'
import { width, type Space } from '../env/space.ts'
import { expectCount } from '../tensor/argument.ts'
import { allocate, data, own, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'

/**
 * Up to L consecutive steps of one episode, without the environment's rewards. All clips that are compared
 * count as L steps: a clip with fewer steps ended with its episode, and the rest of its steps are spent in
 * the state "episode over".
 */
export interface Clip {
  /** the observation before each step */
  readonly observation: Tensor<['step', 'feature']>
  /**
   * the action as the environment received it, flattened: numbers of a box, one-hot choices (see `flatten`)
   */
  readonly action: Tensor<['step', 'action']>
  /** whether the episode terminated with the last step */
  readonly terminated: boolean
}

/** A clip with the rewards of the environment, which only a synthetic labeller may read. */
export interface RewardedClip extends Clip {
  readonly reward: readonly number[]
}

/** What the clips of a task have in common. */
export interface ClipForm {
  /** L */
  readonly length: number
  /** numbers of an observation */
  readonly features: number
  /** numbers of a flattened action */
  readonly actions: number
}

/**
 * The form of clips of `length` steps in an environment: how many numbers each step has.
 *
 * @throws RangeError when `length` is not a whole number >= 1
 */
export const clipForm = ({ observationSpace, actionSpace }: EnvSpec, length: number): ClipForm => ({
  length: expectCount('length', length),
  features: observationSpace.size,
  actions: flattenSpace(actionSpace).size,
})

/** The clip without its rewards. */
export const withoutReward = ({ observation, action, terminated }: Clip): Clip => ({
  observation,
  action,
  terminated,
})

/** How many steps a clip has, without those that it spends in "episode over". */
export const stepsOf = ({ observation }: Clip): number => observation.shape[0]

/** A function that flattens the action that begins at `from` of a row, as the environment got it. */
export const actionFlattener = (
  space: Space,
  bound: Bound,
): ((row: ReadonlyNumbers, from: number) => readonly number[]) => {
  const read = reader(space, bound)
  return (row, from) => flatten(space, read(row, from))
}

/**
 * Cuts the episodes of a rollout into clips, one after the other from where the rollout or an episode begins.
 * A clip ends after `length` steps or where its episode terminates. Steps that do not make up a whole clip
 * before a truncation or the end of the rollout are left out, because what comes next is unknown.
 *
 * @param bound what happens to actions beyond the bounds of a box: that of the policy that acted
 * @returns a function of a rollout: its clips, environment by environment
 * @throws RangeError unless `length` is a whole number >= 1
 */
export const clipsOf = (
  env: EnvSpec,
  length: number,
  bound: Bound,
): ((rollout: Rollout) => readonly RewardedClip[]) => {
  const { features, actions } = clipForm(env, length)
  const columns = width(env.actionSpace)
  const flattened = actionFlattener(env.actionSpace, bound)
  return ({ trajectory, rawObservation }) => {
    const observation = rawObservation ?? trajectory.observation
    const [steps, envs] = observation.shape
    const [seen, acted, earned] = [observation, trajectory.action, trajectory.reward].map(data) as [
      ReadonlyNumbers,
      ReadonlyNumbers,
      ReadonlyNumbers,
    ]
    const [over, off] = [data(trajectory.terminated), data(trajectory.truncated)]

    const cut = (env: number, from: number, to: number): RewardedClip => {
      const count = to - from
      const shown = allocate(observation.dtype, count * features)
      const done = allocate(observation.dtype, count * actions)
      const reward: number[] = []
      for (let t = from; t < to; t++) {
        const at = t * envs + env
        for (let j = 0; j < features; j++)
          shown[(t - from) * features + j] = seen[at * features + j]!
        done.set(flattened(acted, at * columns), (t - from) * actions)
        reward.push(earned[at]!)
      }
      return {
        observation: own(['step', 'feature'], [count, features], shown),
        action: own(['step', 'action'], [count, actions], done),
        terminated: over[(to - 1) * envs + env] === 1,
        reward,
      }
    }

    const clips: RewardedClip[] = []
    for (let env = 0; env < envs; env++)
      for (let [t, from] = [0, 0]; t < steps; t++) {
        const at = t * envs + env
        const isWhole = over[at] === 1 || t + 1 - from === length
        if (isWhole) clips.push(cut(env, from, t + 1))
        if (isWhole || off[at] === 1) from = t + 1
      }
    return clips
  }
}

import type { Trajectory } from '../../algo/trajectory.ts'
import { reader, type Bound } from '../../env/reader.ts'
import { width, type Space } from '../../env/space.ts'
import { encodeNpz } from '../../format/npz.ts'
import { data, own, type Tensor } from '../../tensor/tensor.ts'

const numbersIn = (element: unknown): readonly number[] =>
  typeof element === 'number'
    ? [element]
    : Object.values(element as Readonly<Record<string, unknown>>).flatMap(numbersIn)

/**
 * The actions of a trajectory as the environment receives them, [time, env, number] in f64: numbers
 * of a box within its bounds, records part by part. Null where they are the numbers drawn.
 */
export const actionsTaken = (space: Space, bound: Bound, action: Tensor): Tensor | null => {
  const [time = 0, envs = 0] = action.shape
  const read = reader(space, bound)
  const columns = width(space)
  const drawn = data(action)
  const taken = new Float64Array(time * envs * columns)
  for (let at = 0; at < taken.length; at += columns) taken.set(numbersIn(read(drawn, at)), at)
  return taken.every((x, i) => x === drawn[i])
    ? null
    : own(['time', 'env', 'number'], [time, envs, columns], taken)
}

/** Values of a trajectory that differ between environment and policy. */
export interface TrajectoryExtras {
  /** observations before they were normalised */
  readonly shown?: Tensor | null
  /** actions within their bounds: see `actionsTaken` */
  readonly taken?: Tensor | null
}

/**
 * A trajectory as a .npz file: `observations` [time, env, feature] as the policy saw them, `actions` [time,
 * env] or [time, env, action] as the policy drew them, and of each step [time, env]: `rewards`, `terminated`
 * and `truncated` (1 where it was), `log_probs`, `values` V(sₜ) and `next_values` V(s′ₜ), 0 where terminated;
 * `action_masks` [time, env, choice] if the environment masks choices. If they differ, there are also
 * `raw_observations` as the environment returned them, and `env_actions` as it received them.
 */
export const trajectoryNpz = (
  trajectory: Trajectory,
  { shown = null, taken = null }: TrajectoryExtras = {},
): Uint8Array =>
  encodeNpz([
    ['observations', trajectory.observation],
    ['actions', trajectory.action],
    ['rewards', trajectory.reward],
    ['terminated', trajectory.terminated],
    ['truncated', trajectory.truncated],
    ['log_probs', trajectory.logProb],
    ['values', trajectory.value],
    ['next_values', trajectory.nextValue],
    ...(trajectory.actionMask === undefined
      ? []
      : [['action_masks', trajectory.actionMask] as const]),
    ...(shown === null ? [] : [['raw_observations', shown] as const]),
    ...(taken === null ? [] : [['env_actions', taken] as const]),
  ])

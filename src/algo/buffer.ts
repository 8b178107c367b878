import type { Arrays } from '../engine/arrays.ts'
import { allocate, data, own, type Numbers, type Tensor } from '../tensor/tensor.ts'
import type { AgentEnv } from './samples.ts'
import { fieldsOf } from './samples.ts'

/**
 * What a thread records of its environments, [time, row] or [time, row, column], in lines that no
 * other thread writes to: were the environments of all side by side, threads would wait for each
 * other at every step.
 */
export interface RolloutBuffer {
  /** as the policy saw it */
  readonly observation: Tensor
  /** as the environment showed it; absent where that is what the policy saw */
  readonly rawObservation?: Tensor
  readonly action: Tensor
  readonly actionMask?: Tensor
  readonly logProb: Tensor
  readonly value: Tensor
  readonly nextValue: Tensor
  readonly reward: Tensor
  readonly terminated: Tensor
  readonly truncated: Tensor
}

/** Lays out a buffer for so many steps of so many rows. */
export const layBuffer = (
  arrays: Arrays,
  env: AgentEnv,
  steps: number,
  rows: number,
  isNormalised: boolean,
): RolloutBuffer => {
  const table = (
    kind: 'floats' | 'integers' | 'bytes',
    column: string | null,
    columns = 1,
  ): Tensor => {
    const array: Numbers = arrays[kind](steps * rows * columns)
    return column === null
      ? own<string[]>(['time', 'env'], [steps, rows], array)
      : own<string[]>(['time', 'env', column], [steps, rows, columns], array)
  }
  const { observation, action, actionMask } = fieldsOf(env, 0, false, {})
  const of = ({ kind, column, columns }: typeof observation) => table(kind, column, columns)
  return {
    observation: of(observation),
    ...(isNormalised ? { rawObservation: of(observation) } : {}),
    action: of(action),
    ...(actionMask === undefined ? {} : { actionMask: of(actionMask) }),
    logProb: table('floats', null),
    value: table('floats', null),
    nextValue: table('floats', null),
    reward: table('floats', null),
    terminated: table('bytes', null),
    truncated: table('bytes', null),
  }
}

/** [time, env, …] from [time, row, …] of each thread, copied. */
export const joinEnvs = (parts: readonly Tensor[]): Tensor => {
  const { dims, shape, dtype } = parts[0]!
  const [time = 0, , ...columns] = shape
  const envs = parts.reduce((sum, part) => sum + part.shape[1]!, 0)
  const arrays = parts.map((part) => data(part) as Numbers)
  if (arrays.length === 1)
    return own<string[]>([...dims], [time, envs, ...columns], arrays[0]!.slice())
  const out = allocate(
    dtype,
    arrays.reduce((sum, { length }) => sum + length, 0),
  )
  let to = 0
  for (let t = 0; t < time; t++)
    for (const x of arrays) {
      const width = x.length / time
      out.set(x.subarray(t * width, (t + 1) * width), to)
      to += width
    }
  return own<string[]>([...dims], [time, envs, ...columns], out)
}

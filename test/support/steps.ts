import { fc } from '@fast-check/vitest'
import type { Steps, TimeEnv } from '../../src/rl/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { trajectories, type Count, type TrajectoryOptions } from '../../src/testing/index.ts'

/** One environment's steps as plain lists. */
export interface Column {
  readonly reward: readonly number[]
  readonly value: readonly number[]
  readonly nextValue: readonly number[]
  readonly terminated: readonly boolean[]
  readonly truncated: readonly boolean[]
}

/** Columns of one length side by side: [time, env] in f64. */
export const stepsOf = (columns: readonly Column[]): Steps => {
  const time = columns[0]!.reward.length
  const beside = (field: keyof Column): TimeEnv =>
    of(
      ['time', 'env'],
      [time, columns.length],
      Array.from({ length: time * columns.length }, (_, i) =>
        Number(columns[i % columns.length]![field][Math.floor(i / columns.length)]),
      ),
    )
  return {
    reward: beside('reward'),
    value: beside('value'),
    nextValue: beside('nextValue'),
    terminated: beside('terminated'),
    truncated: beside('truncated'),
  }
}

/** Environment e of a [time, env] tensor, as a list. */
export const columnOf = (t: TimeEnv, e = 0): readonly number[] =>
  toArray(t).filter((_, i) => i % t.shape[1] === e)

/** Whether nothing after step t belongs to it: the end of an episode, or of the record. */
export const isCut = ({ reward, terminated, truncated }: Column, t: number): boolean =>
  terminated[t]! || truncated[t]! || t === reward.length - 1

/** Each environment's steps of [time, env] tensors, as lists. */
const columnsOf = (steps: Steps): readonly Column[] =>
  Array.from({ length: steps.reward.shape[1] }, (_, e) => ({
    reward: columnOf(steps.reward, e),
    value: columnOf(steps.value, e),
    nextValue: columnOf(steps.nextValue, e),
    terminated: columnOf(steps.terminated, e).map(Boolean),
    truncated: columnOf(steps.truncated, e).map(Boolean),
  }))

/** Columns of one length, as the public `trajectories` draws them. */
export const columns = (options: TrajectoryOptions): fc.Arbitrary<readonly Column[]> =>
  trajectories(options).map(columnsOf)

/** Steps of one environment, 1 to 7 of them or that many. */
export const column = (time: Count = { min: 1, max: 7 }): fc.Arbitrary<Column> =>
  columns({ time, envs: 1 }).map(([only]) => only!)

/** γ or λ, often at an end of the interval. */
export const unit = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))

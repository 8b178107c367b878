import { fc } from '@fast-check/vitest'
import type { Steps, TimeEnv } from '../../src/rl/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'

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

const finite = fc.double({ min: -10, max: 10, noNaN: true })

/**
 * Steps as a rollout records them: V(s′ₜ) is Vₜ₊₁ where the episode goes on, a number of its own
 * where it was cut off, and NaN where it terminated, since nobody may read it there.
 */
export const column = (length: fc.Arbitrary<number> = fc.integer({ min: 1, max: 7 })) =>
  length
    .chain((n) => {
      const list = <T>(x: fc.Arbitrary<T>) => fc.array(x, { minLength: n, maxLength: n })
      return fc.record({
        reward: list(finite),
        value: list(finite),
        other: list(finite),
        end: list(fc.constantFrom('none', 'none', 'terminated', 'truncated', 'both')),
      })
    })
    .map(({ reward, value, other, end }): Column => {
      const terminated = end.map((e) => e === 'terminated' || e === 'both')
      const truncated = end.map((e) => e === 'truncated' || e === 'both')
      const nextValue = other.map((v, t) =>
        terminated[t]! ? NaN : truncated[t]! || t === other.length - 1 ? v : value[t + 1]!,
      )
      return { reward, value, nextValue, terminated, truncated }
    })

/** γ or λ, often at an end of the interval. */
export const unit = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))

import * as fc from 'fast-check'
import type { Steps, TimeEnv } from '../rl/steps.ts'
import { shown } from '../tensor/shown.ts'
import { of } from '../tensor/tensor.ts'

/** A number, or the smallest and the largest that it may be. */
export type Count =
  | number
  | {
      /** a whole number >= 1 */
      readonly min: number
      /** a whole number >= min */
      readonly max: number
    }

/** Options of `trajectories`. */
export interface TrajectoryOptions {
  /** steps T, ≥ 1; 1 to 8 by default */
  readonly time?: Count
  /** environments B, ≥ 1; 1 to 3 by default */
  readonly envs?: Count
  /** what rewards and values are drawn from; finite doubles from −10 to 10 by default */
  readonly number?: fc.Arbitrary<number>
}

/** One step of one environment, before its neighbours are known. */
interface Cell {
  readonly reward: number
  readonly value: number
  /** V(s′) where the next row does not say it */
  readonly beyond: number
  readonly end: 'none' | 'truncated' | 'terminated' | 'both'
}

type Column = readonly Cell[]

const isWhole = (u: unknown): u is number => Number.isInteger(u)

const rangeOf = (argument: string, count: Count): { min: number; max: number } => {
  const { min, max }: { readonly min?: unknown; readonly max?: unknown } =
    typeof count === 'number' ? { min: count, max: count } : { ...count }
  if (isWhole(min) && isWhole(max) && 1 <= min && min <= max) return { min, max }
  throw new RangeError(
    `${argument}: expected a whole number >= 1 or { min, max } with 1 <= min <= max, got ${shown(count)}`,
  )
}

const isTerminated = ({ end }: Cell): boolean => end === 'terminated' || end === 'both'
const isTruncated = ({ end }: Cell): boolean => end === 'truncated' || end === 'both'

/** V(s′ₜ): after a termination it must not be read, so it is NaN there. */
const nextValue = (column: Column, t: number): number => {
  const cell = column[t]!
  if (isTerminated(cell)) return NaN
  const next = column[t + 1]
  return isTruncated(cell) || next === undefined ? cell.beyond : next.value
}

/** The columns side by side, all as long as the shortest. */
const laid = (columns: readonly Column[]): Steps => {
  const time = Math.min(...columns.map(({ length }) => length))
  const cut = columns.map((column) => column.slice(0, time))
  const rows = <T>(at: (column: Column, t: number) => T): readonly T[] =>
    Array.from({ length: time }, (_, t) => cut.map((column) => at(column, t))).flat()
  const tensor = (numbers: readonly number[] | readonly boolean[]): TimeEnv =>
    of(['time', 'env'], [time, cut.length], numbers)
  return {
    reward: tensor(rows((column, t) => column[t]!.reward)),
    value: tensor(rows((column, t) => column[t]!.value)),
    nextValue: tensor(rows(nextValue)),
    terminated: tensor(rows((column, t) => isTerminated(column[t]!))),
    truncated: tensor(rows((column, t) => isTruncated(column[t]!))),
  }
}

/**
 * Trajectories for fast-check, as a rollout records them for estimators such as `rl.gae`. `reward`, `value`
 * and `nextValue` are f64, `terminated` and `truncated` u8, all [time, env].
 *
 * V(s′ₜ) is Vₜ₊₁ where the episode continues, and a separate number where it was truncated and in the last
 * row. Where the episode terminated it is NaN: an estimator that reads it there shows NaN. One step in five
 * terminates, one truncates, and one does both.
 *
 * They shrink towards one step of one environment, zeros, and no ends.
 *
 *     test.prop([trajectories({ time: 16 })])('λ = 0 leaves the TD residual', (steps) => { … })
 *
 * @throws RangeError where `time` or `envs` is neither a whole number ≥ 1 nor two with 1 ≤ min ≤ max
 */
export const trajectories = ({
  time = { min: 1, max: 8 },
  envs = { min: 1, max: 3 },
  number = fc.double({ min: -10, max: 10, noNaN: true }),
}: TrajectoryOptions = {}): fc.Arbitrary<Steps> => {
  const cell = fc.record<Cell>({
    reward: number,
    value: number,
    beyond: number,
    end: fc.constantFrom('none', 'none', 'truncated', 'terminated', 'both'),
  })
  const list = <T>(of: fc.Arbitrary<T>, { min, max }: { min: number; max: number }) =>
    fc.array(of, { minLength: min, maxLength: max, size: 'max' })
  return list(list(cell, rangeOf('time', time)), rangeOf('envs', envs)).map(laid)
}

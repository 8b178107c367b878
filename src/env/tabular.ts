import type { Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import type { Environment } from './environment.ts'
import { box, discrete, type Discrete } from './space.ts'

/** One possible result of a step. */
export interface Transition {
  readonly probability: number
  /** where it leads */
  readonly cell: number
  readonly reward: number
  readonly terminated: boolean
}

/** The possible results of an action in a cell: `table[cell][action]`, with probabilities that sum to 1. */
export type TransitionTable = ReadonlyArray<ReadonlyArray<readonly Transition[]>>

/** Rows down and columns to the right. */
export type Move = readonly [down: number, right: number]

/** Where a move leads on a grid whose cells count row by row; whoever would leave it stays. */
export const neighbour = (
  rows: number,
  columns: number,
  cell: number,
  [down, right]: Move,
): number => {
  const column = cell % columns
  const row = (cell - column) / columns
  const within = (x: number, size: number): number => Math.min(Math.max(x, 0), size - 1)
  return within(row + down, rows) * columns + within(column + right, columns)
}

/** The first transition at which the probabilities so far exceed u in [0, 1). */
export const pickTransition = (transitions: readonly Transition[], u: number): Transition => {
  let below = 0
  for (const transition of transitions) {
    below += transition.probability
    if (below > u) return transition
  }
  // Rounding may leave the sum just below 1.
  return transitions.at(-1)!
}

/**
 * The environment with four actions that a table defines. A state is a cell's number, and its observation is
 * one-hot. `init` picks each start with equal probability. `init` and `step` each draw one uniform number
 * from their key.
 */
export const tabular = (
  name: string,
  table: TransitionTable,
  starts: readonly number[],
): Environment<number, Discrete<4>> => {
  const cells = table.length
  const all = (x: number): number[] => table.map(() => x)
  return {
    name,
    observationSpace: box(cells, all(0), all(1)),
    actionSpace: discrete(4),
    init: (key: Key) => starts[Math.floor(uniformAt(key, 0) * starts.length)]!,
    step: (action, key) => {
      const u = uniformAt(key, 0)
      return (cell) => {
        const { reward, terminated, cell: next } = pickTransition(table[cell]![action]!, u)
        return [{ reward, terminated, truncated: false }, next]
      }
    },
    observe: (cell) => table.map((_, i) => (i === cell ? 1 : 0)),
  }
}

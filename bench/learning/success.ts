/** How probable it is that a policy reaches the goal of a table, computed rather than sampled. */
import type { TransitionTable } from '../../src/env/tabular.ts'

/**
 * The probability of a reward within so many steps: Vₕ(c) = Σ p (r + Vₕ₋₁(c′)), whose V ends where
 * the table does.
 *
 * @param choose what to do of the values of all actions of a cell
 */
const probability = (
  table: TransitionTable,
  start: number,
  horizon: number,
  choose: (cell: number, values: readonly number[]) => number,
): number => {
  let value = table.map(() => 0)
  for (let h = 0; h < horizon; h++) {
    const before = value
    value = table.map((actions, cell) =>
      choose(
        cell,
        actions.map((transitions) =>
          transitions.reduce(
            (sum, { probability: p, cell: next, reward, terminated }) =>
              sum + p * (reward + (terminated ? 0 : before[next]!)),
            0,
          ),
        ),
      ),
    )
  }
  return value[start]!
}

/** By value iteration: the best that any policy can do. */
export const bestSuccess = (table: TransitionTable, start: number, horizon: number): number =>
  probability(table, start, horizon, (_, values) => Math.max(...values))

/** By a policy that takes one action in each cell. */
export const successOf = (
  table: TransitionTable,
  start: number,
  horizon: number,
  policy: readonly number[],
): number => probability(table, start, horizon, (cell, values) => values[policy[cell]!]!)

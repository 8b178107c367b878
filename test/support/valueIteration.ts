import type { TransitionTable } from '../../src/env/tabular.ts'

/** The best undiscounted return of `steps` more steps, from each cell of a table: Bellman's backup so often. */
export const bestReturns = (table: TransitionTable, steps: number): readonly number[] => {
  let values = table.map(() => 0)
  for (let k = 0; k < steps; k++) {
    const later = values
    values = table.map((actions) =>
      Math.max(
        ...actions.map((transitions) =>
          transitions.reduce(
            (sum, { probability, cell, reward, terminated }) =>
              sum + probability * (reward + (terminated ? 0 : later[cell]!)),
            0,
          ),
        ),
      ),
    )
  }
  return values
}

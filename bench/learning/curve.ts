/** Learning curves over seeds. */
import type { Point } from '../plot.ts'
import { meanInterval } from './interval.ts'
import { STRETCHES, type Run } from './run.ts'

/** Mean return over seeds by steps, with its interval, from where every seed has ended an episode. */
export const curve = (runs: ReadonlyArray<Pick<Run, 'curve' | 'totalSteps'>>): readonly Point[] =>
  Array.from({ length: STRETCHES }, (_, i) => {
    const returns = runs.flatMap((run) => run.curve[i] ?? [])
    if (returns.length < runs.length) return []
    const { mean, low, high } = meanInterval(returns)
    return [{ x: ((i + 1) / STRETCHES) * runs[0]!.totalSteps, y: mean, low, high }]
  }).flat()

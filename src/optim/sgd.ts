import { map } from '../tensor/elementwise.ts'
import type { Schedule } from './schedule.ts'
import type { Transform } from './transform.ts'

/** Steps taken. */
export interface SgdState {
  readonly count: number
}

/** −lr · g, the plain descent of the gradient: Robbins and Monro 1951. */
export const sgd = ({
  learningRate,
}: {
  readonly learningRate: Schedule
}): Transform<SgdState> => ({
  init: () => ({ count: 0 }),
  update: (grad, { count }) => {
    const rate = learningRate(count)
    return [map(grad, (g) => -rate * g), { count: count + 1 }]
  },
})

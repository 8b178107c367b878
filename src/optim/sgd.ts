import { operation } from '../kernel/machine.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Schedule } from './schedule.ts'
import { transform, type Transform } from './transform.ts'

/** Steps taken. */
export interface SgdState {
  readonly count: number
}

const sgdStep = operation(
  'sgd',
  (_, step: Floats, count: Float64Array, grad: ReadonlyNumbers, learningRate: Schedule) => {
    const rate = learningRate(count[0]!)
    count[0] = count[0]! + 1
    for (let i = 0; i < step.length; i++) step[i] = -rate * grad[i]!
  },
)

/** Plain gradient descent, −lr · g: Robbins and Monro 1951. */
export const sgd = ({ learningRate }: { readonly learningRate: Schedule }): Transform<SgdState> =>
  transform({
    init: () => ({ count: 0 }),
    apply: ({ run }, step, grad, { count }) => run(sgdStep, step, count, grad, learningRate),
  })

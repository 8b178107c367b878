import { operation, type Machine } from '../kernel/machine.ts'
import type { Floats } from '../tensor/tensor.ts'
import { transform, type Transform } from './transform.ts'

const rest = operation('rest', (_, step: Floats, isTrainable: () => boolean) => {
  if (!isTrainable()) step.fill(0)
})

/** A machine whose operations do nothing while what they move is not trainable. */
const guarded = (machine: Machine, isTrainable: () => boolean): Machine => ({
  ...machine,
  run: ({ name, run }, ...args) =>
    machine.run(
      {
        name,
        run: (kernels, ...given: typeof args) => {
          if (isTrainable()) run(kernels, ...given)
        },
      },
      ...args,
    ),
})

/**
 * A transform that rests while `isTrainable` is false: its steps are 0, and its state stays.
 *
 * @param inner one made of operations alone, as `adam` is
 * @param isTrainable asked at each step
 */
export const whileTrainable = <S>(inner: Transform<S>, isTrainable: () => boolean): Transform<S> =>
  transform({
    init: inner.init,
    apply: (machine, step, grad, cells, params) => {
      inner.apply(guarded(machine, isTrainable), step, grad, cells, params)
      machine.run(rest, step, isTrainable)
    },
  })

import { each, literal, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { expectAbove } from '../tensor/argument.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'
import { globalNorm, normFills, type ClipState } from './clipByGlobalNorm.ts'
import { transform, type Transform } from './transform.ts'

const clip = operation(
  'clipElements',
  (kernels, out: Floats, norm: Float64Array, grad: ReadonlyNumbers, max: number) => {
    norm[0] = globalNorm(kernels, grad)
    for (let i = 0; i < out.length; i++) {
      const gi = grad[i]!
      out[i] = gi > max ? max : gi < -max ? -max : gi
    }
  },
)

export const clipElementsForm: FormOf<typeof clip> = {
  of: clip,
  form: (out, norm, grad, max) => ({
    fills: [
      ...normFills(norm, grad),
      each(out, { g: grad }, `Math.min(Math.max(g, -${literal(max)}), ${literal(max)})`),
    ],
  }),
}

/**
 * Clips each element to [−max, max]. The direction of the gradient changes.
 *
 * @param max > 0, Infinity for no clip
 * @throws RangeError unless it is
 */
export const clipElements = (machine: Machine, max: number): Transform<ClipState> => {
  expectAbove('max', max, 0)
  return transform(
    {
      init: () => ({ norm: 0 }),
      apply: ({ run }, step, grad, { norm }) => run(clip, step, norm, grad, max),
    },
    machine,
  )
}

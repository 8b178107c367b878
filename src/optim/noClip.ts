import { each, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'
import { globalNorm, normFills, type ClipState } from './clipByGlobalNorm.ts'
import { transform, type Transform } from './transform.ts'

const measure = operation(
  'noClip',
  (kernels, out: Floats, norm: Float64Array, grad: ReadonlyNumbers) => {
    norm[0] = globalNorm(kernels, grad)
    out.set(grad)
  },
)

export const noClipForm: FormOf<typeof measure> = {
  of: measure,
  form: (out, norm, grad) => ({ fills: [...normFills(norm, grad), each(out, { g: grad }, 'g')] }),
}

/** Leaves the gradient unchanged, and measures its norm for the log. */
export const noClip = (machine: Machine): Transform<ClipState> =>
  transform(
    {
      init: () => ({ norm: 0 }),
      apply: ({ run }, step, grad, { norm }) => run(measure, step, norm, grad),
    },
    machine,
  )

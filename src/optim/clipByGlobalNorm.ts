import { each, literal, temporary, total, type Fill, type FormOf } from '../kernel/form.ts'
import type { Arithmetic } from '../kernel/kernels.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { expectAbove } from '../tensor/argument.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'
import { transform, type Transform } from './transform.ts'

/** ‖g‖₂ over all parameters together. */
export const globalNorm = ({ vector }: Arithmetic, grad: ReadonlyNumbers): number =>
  Math.sqrt(vector.sumSquares(grad))

/** ‖g‖₂ of the last gradient before clipping, for the log. */
export interface ClipState {
  readonly norm: number
}

/** ‖g‖₂ on a GPU */
export const normFills = (norm: ReadonlyNumbers, grad: ReadonlyNumbers): readonly Fill[] => {
  const squares = temporary(1)
  return [...total(squares, grad, 'x * x'), each(norm, { squares }, 'Math.sqrt(squares)')]
}

const clip = operation(
  'clipByGlobalNorm',
  (kernels, out: Floats, norm: Float64Array, grad: ReadonlyNumbers, max: number) => {
    const length = globalNorm(kernels, grad)
    norm[0] = length
    if (length <= max) out.set(grad)
    else kernels.vector.scale(out, grad, max / length)
  },
)

export const clipByGlobalNormForm: FormOf<typeof clip> = {
  of: clip,
  form: (out, norm, grad, max) => ({
    fills: [
      ...normFills(norm, grad),
      each(out, { g: grad }, 'g * scale', {
        reads: { norm },
        code: `let scale = 1.0;
  if (norm(0) > ${literal(max)}) scale = ${literal(max)} / norm(0);`,
      }),
    ],
  }),
}

/**
 * Clips a gradient by its norm, g · min(1, max / ‖g‖₂): the direction stays, the length is at most `max`.
 * Pascanu et al. 2013, arXiv:1211.5063, Algorithm 1.
 *
 * PyTorch divides by ‖g‖₂ + 1e-6, so that what it clips is shorter by the share 1e-6 / ‖g‖₂: 8 to
 * 17 units of f32's last place where ‖g‖₂ = 1, and less than half a unit from 34 on.
 *
 * @param max > 0, Infinity for no clip
 * @throws RangeError unless max > 0
 */
export const clipByGlobalNorm = (machine: Machine, max: number): Transform<ClipState> => {
  expectAbove('max', max, 0)
  return transform(
    {
      init: () => ({ norm: 0 }),
      apply: ({ run }, step, grad, { norm }) => run(clip, step, norm, grad, max),
    },
    machine,
  )
}

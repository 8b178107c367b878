import type { Kernels } from '../kernel/kernels.ts'
import { expectAbove } from '../tensor/argument.ts'
import { data, size } from '../tensor/tensor.ts'
import { ownFlat, type Flat, type Transform } from './transform.ts'

/** ‖g‖₂ over all parameters together. */
export const globalNorm = ({ vector }: Kernels, grad: Flat): number =>
  Math.sqrt(vector.sumSquares(data(grad)))

/** ‖g‖₂ of the last gradient, as it came: what a log wants to know, computed once. */
export interface ClipState {
  readonly norm: number
}

/**
 * g · min(1, max / ‖g‖₂): the direction stays, the length is at most `max`.
 * Pascanu et al. 2013, arXiv:1211.5063, Algorithm 1.
 *
 * PyTorch divides by ‖g‖₂ + 1e-6, so that what it clips is shorter by the share 1e-6 / ‖g‖₂: 8 to
 * 17 units of f32's last place where ‖g‖₂ = 1, and less than half a unit from 34 on.
 *
 * @param max > 0, Infinity for no clip
 * @throws RangeError unless it is
 */
export const clipByGlobalNorm = (kernels: Kernels, max: number): Transform<ClipState> => {
  expectAbove('max', max, 0)
  return {
    init: () => ({ norm: 0 }),
    update: (grad) => {
      const norm = globalNorm(kernels, grad)
      if (norm <= max) return [grad, { norm }]
      const out = kernels.alloc(size(grad))
      kernels.vector.scale(out, data(grad), max / norm)
      return [ownFlat(out), { norm }]
    },
  }
}

import type { Kernels } from '../kernel/kernels.ts'
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
 */
export const clipByGlobalNorm = (kernels: Kernels, max: number): Transform<ClipState> => ({
  init: () => ({ norm: 0 }),
  update: (grad) => {
    const norm = globalNorm(kernels, grad)
    if (norm <= max) return [grad, { norm }]
    const out = kernels.alloc(size(grad))
    kernels.vector.scale(out, data(grad), max / norm)
    return [ownFlat(out), { norm }]
  },
})

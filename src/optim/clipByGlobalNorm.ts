import type { Kernels } from '../kernel/kernels.ts'
import { data, own, size } from '../tensor/tensor.ts'
import type { Flat, Transform } from './transform.ts'

/** ‖g‖₂ over all parameters together. */
export const globalNorm = ({ vector }: Kernels, grad: Flat): number =>
  Math.sqrt(vector.sumSquares(data(grad)))

/** The state that clipping needs: none. */
export type Stateless = null

/**
 * g · min(1, max / ‖g‖₂): the direction stays, the length is at most `max`.
 * Pascanu et al. 2013, arXiv:1211.5063, Algorithm 1.
 */
export const clipByGlobalNorm = (kernels: Kernels, max: number): Transform<Stateless> => ({
  init: () => null,
  update: (grad, state) => {
    const norm = globalNorm(kernels, grad)
    if (norm <= max) return [grad, state]
    const out = kernels.alloc(size(grad))
    kernels.vector.scale(out, data(grad), max / norm)
    return [own(['param'], [out.length], out), state]
  },
})

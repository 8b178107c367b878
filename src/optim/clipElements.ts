import type { Kernels } from '../kernel/kernels.ts'
import { expectAbove } from '../tensor/argument.ts'
import { data, size } from '../tensor/tensor.ts'
import { globalNorm, type ClipState } from './clipByGlobalNorm.ts'
import { ownFlat, type Transform } from './transform.ts'

/**
 * Every element by itself into [−max, max]; the direction changes.
 *
 * @param max > 0, Infinity for no clip
 * @throws RangeError unless it is
 */
export const clipElements = (kernels: Kernels, max: number): Transform<ClipState> => {
  expectAbove('max', max, 0)
  return {
    init: () => ({ norm: 0 }),
    update: (grad) => {
      const g = data(grad)
      const out = kernels.alloc(size(grad))
      for (let i = 0; i < out.length; i++) {
        const gi = g[i]!
        out[i] = gi > max ? max : gi < -max ? -max : gi
      }
      return [ownFlat(out), { norm: globalNorm(kernels, grad) }]
    },
  }
}

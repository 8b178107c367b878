import type { Kernels } from '../kernel/kernels.ts'
import { globalNorm, type ClipState } from './clipByGlobalNorm.ts'
import type { Transform } from './transform.ts'

/** The gradient as it came, its norm measured for the log. */
export const noClip = (kernels: Kernels): Transform<ClipState> => ({
  init: () => ({ norm: 0 }),
  update: (grad) => [grad, { norm: globalNorm(kernels, grad) }],
})

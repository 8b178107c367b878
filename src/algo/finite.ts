import { errorAt, expectFinite } from '../tensor/check.ts'
import { leaves } from '../tensor/params.ts'
import type { PolicyParams } from './policy.ts'

/** Throws unless the gradient's norm is finite, and names the parameter whose gradient is not. */
export const expectFiniteGrads = (gradNorm: number, grads: () => PolicyParams): void => {
  if (Number.isFinite(gradNorm)) return
  leaves(grads().tree).forEach(([path, leaf]) => expectFinite(`gradient of ${path}`, leaf))
  throw errorAt({ field: 'gradient' }, `gradient: expected a finite norm, got ${gradNorm}`)
}

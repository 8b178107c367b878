import type { Kernels } from '../kernel/kernels.ts'
import type { ClipState } from '../optim/clipByGlobalNorm.ts'
import type { Flat, Transform } from '../optim/transform.ts'
import { errorAt, expectFinite } from '../tensor/check.ts'
import { leaves, withFlat } from '../tensor/params.ts'
import { data, own, size } from '../tensor/tensor.ts'
import type { Learner } from './learner.ts'
import type { PolicyParams } from './policy.ts'

/** Throws unless the gradient's norm is finite, and names the parameter whose gradient is not. */
export const expectFiniteGrads = (gradNorm: number, grads: () => PolicyParams): void => {
  if (Number.isFinite(gradNorm)) return
  leaves(grads().tree).forEach(([path, leaf]) => expectFinite(`gradient of ${path}`, leaf))
  throw errorAt({ field: 'gradient' }, `gradient: expected a finite norm, got ${gradNorm}`)
}

/** θ + step, both flat. */
export const moved = (
  { alloc, vector }: Kernels,
  params: PolicyParams,
  step: Flat,
): PolicyParams => {
  const flat = alloc(size(params.flat))
  vector.add(flat, data(params.flat), data(step))
  expectFinite('parameters', own(['param'], [flat.length], flat))
  return withFlat(params.tree, flat)
}

/** The learner after an optimiser's step down a gradient, and the gradient's norm as it came. */
export const takeStep =
  <O extends readonly [ClipState, ...unknown[]]>(kernels: Kernels, transform: Transform<O>) =>
  (grads: PolicyParams) =>
  (learner: Learner<O>): [number, Learner<O>] => {
    const [step, optim] = transform.update(grads.flat, learner.optim, learner.params.flat)
    const gradNorm = optim[0].norm
    expectFiniteGrads(gradNorm, () => grads)
    return [gradNorm, { ...learner, params: moved(kernels, learner.params, step), optim }]
  }

import { added, type OutputGrads } from '../../src/algo/objective.ts'
import type { Actions, Policy, PolicyCache, PolicyParams } from '../../src/algo/policy.ts'
import type { Fitted, Param } from '../../src/distribution/index.ts'
import { js, type Machine } from '../../src/kernel/index.ts'
import { size, type Tensor } from '../../src/tensor/index.ts'
import { withFlat } from '../../src/tensor/params.ts'

/** ∂(Σ wᵢ log πᵢ(aᵢ) + c Σ Hᵢ)/∂(the distribution's parameters). */
export const distGrad = (
  dist: Fitted<'sample'>,
  action: Actions<'sample'>,
  weights: Tensor<['sample']>,
  c: number,
  machine: Machine = js.f64,
): Param<'sample'> => added(machine, dist.logProbGrad(action, weights), dist.entropyGrad(c))

/** The gradient of every parameter, from those in the outputs of a policy's networks. */
export const backwardOf = (
  policy: Policy,
  { tree, flat }: PolicyParams,
  cache: PolicyCache,
  outputs: OutputGrads,
): PolicyParams => {
  const grads = withFlat(tree, policy.machine.alloc(size(flat)))
  const to = (outputs.dParam ?? outputs.dValue)!.shape[0]
  policy.backward(cache, outputs, [{ from: 0, to, grads: grads.tree }])
  return grads
}

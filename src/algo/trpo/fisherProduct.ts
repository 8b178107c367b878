import type { Flat } from '../../optim/transform.ts'
import { map, scale } from '../../tensor/elementwise.ts'
import { withFlat } from '../../tensor/params.ts'
import { data, type Floats } from '../../tensor/tensor.ts'
import type { Policy, PolicyParams } from '../policy.ts'

/**
 * F v = Jᵀ (F_dist (J v)) / n at the policy that `forward` has just looked at: J is the derivative
 * of the distribution's parameters in those of the network, forwards by the R-operator and back by
 * the chain rule. F is the Hessian of mean KL[π_old, π] at π = π_old; V's parameters have no part
 * in it. Schulman et al. 2015, arXiv:1502.05477, appendix C.1.
 */
export const fisherProduct = (
  policy: Policy,
  { tree }: PolicyParams,
  [{ dist, value }, cache]: ReturnType<typeof policy.forward<'sample'>>,
) => {
  const dValue = map(value, () => 0)
  return (v: Flat): Flat => {
    const pulled = policy.fisher(dist, policy.jvp(cache, withFlat(tree, data(v) as Floats)))
    return policy.backward(cache, { dDist: scale(pulled, 1 / value.shape[0]), dValue }).flat
  }
}

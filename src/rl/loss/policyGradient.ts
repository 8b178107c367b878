import type { Tensor } from '../../tensor/tensor.ts'
import { zip2 } from '../../tensor/elementwise.ts'
import type { SurrogateTerm } from './perSample.ts'

type PolicyGradient = <D extends string[]>(
  logProb: Tensor<D>,
  batch: { readonly advantage: NoInfer<Tensor<D>> },
) => Tensor<D>

export const policyGradientTerm: SurrogateTerm = {
  value: (_ratio, a, logProb) => logProb * a,
  grad: (_ratio, a) => a,
  text: { value: 'now * a', grad: 'a', isFlat: null },
}

/**
 * L = log π(a|s) Â, a sample: the function whose gradient, averaged over actions of π itself, is
 * that of the return. Its value means nothing, and neither does its gradient once π is no longer
 * the policy that acted. Schulman et al. 2017, arXiv:1707.06347, eq. 1 and 2.
 *
 * @throws RangeError when shapes differ
 */
export const policyGradient: PolicyGradient = (logProb, { advantage }) =>
  zip2(logProb, 'advantage', advantage, (now, a) => policyGradientTerm.value(1, a, now, NaN))

/** ∂L/∂logProb = Â: the gradient of the ratio surrogate r Â at r = 1. */
export const policyGradientGrad: PolicyGradient = (logProb, { advantage }) =>
  zip2(logProb, 'advantage', advantage, (now, a) => policyGradientTerm.grad(1, a, now, NaN))

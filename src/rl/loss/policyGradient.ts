import type { Tensor } from '../../tensor/tensor.ts'
import { zip2 } from '../../tensor/elementwise.ts'
import type { SurrogateTerm } from './perSample.ts'

type PolicyGradient = <D extends string[]>(
  logProb: Tensor<D>,
  batch: { readonly advantage: NoInfer<Tensor<D>> },
) => Tensor<D>

/**
 * The policy gradient objective of one sample, and its derivative in logProb: see `policyGradient`.
 * Schulman et al. 2017, arXiv:1707.06347, eq. 2.
 */
export const policyGradientTerm: SurrogateTerm = {
  value: (_ratio, a, logProb) => logProb * a,
  grad: (_ratio, a) => a,
}

/**
 * The policy gradient objective L = log π(a|s) Â of each sample. Its gradient, averaged over
 * actions of π itself, is the gradient of the expected return. Its value means nothing. Its
 * gradient does not either, once π differs from the policy that acted. Schulman et al. 2017,
 * arXiv:1707.06347, eq. 1 and 2.
 *
 * All arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const policyGradient: PolicyGradient = (logProb, { advantage }) =>
  zip2({ logProb, advantage }, (now, a) => policyGradientTerm.value(1, a, now, NaN))

/**
 * The derivative ∂L/∂logProb = Â of `policyGradient`, which is the gradient of the ratio surrogate
 * r Â at r = 1. Schulman et al. 2017, arXiv:1707.06347, eq. 1 and 2.
 *
 * All arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const policyGradientGrad: PolicyGradient = (logProb, { advantage }) =>
  zip2({ logProb, advantage }, (now, a) => policyGradientTerm.grad(1, a, now, NaN))

import { f64 } from '../math/real.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { zip2 } from '../tensor/elementwise.ts'

/** An estimator at one sample and its derivative in logProb, of log r. */
export interface KlTerm {
  readonly value: (logRatio: number) => number
  readonly grad: (logRatio: number) => number
}

/**
 * The name of an estimator of KL(π_old ‖ π) from samples. `k1` is unbiased and noisy, `k2` biased
 * with low variance, `k3` unbiased with low variance. Schulman 2020, "Approximating KL divergence".
 */
export type KlEstimator = 'k1' | 'k2' | 'k3'

/** What the functions over tensors do to the log-ratio of each sample. */
export const terms: { readonly [K in KlEstimator]: KlTerm } = {
  k1: { value: (x) => -x, grad: () => -1 },
  k2: { value: (x) => (x * x) / 2, grad: (x) => x },
  // Rounding can put e^x − 1 − x just below 0 near x = 0.
  k3: { value: (x) => Math.max(0, f64.exp(x) - 1 - x), grad: (x) => f64.exp(x) - 1 },
}

type PerSample = <D extends string[]>(
  logProb: Tensor<D>,
  oldLogProb: NoInfer<Tensor<D>>,
) => Tensor<D>

const perSample =
  (f: (logRatio: number) => number): PerSample =>
  (logProb, oldLogProb) =>
    zip2({ logProb, oldLogProb }, (now, old) => f(now - old))

/**
 * The estimator k₁ = −log r of each sample, with r = π(a|s) / π_old(a|s) = exp(logProb −
 * oldLogProb). Its mean over actions of π_old is KL(π_old ‖ π), in nats. It is unbiased but noisy,
 * and can be negative. Schulman 2020, "Approximating KL divergence".
 *
 * Both arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const k1 = perSample(terms.k1.value)

/**
 * The derivative ∂k₁/∂logProb = −1 of each sample. It does not depend on the sample, so its mean
 * carries no information about the policy. Schulman 2020, "Approximating KL divergence".
 *
 * Both arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const k1Grad = perSample(terms.k1.grad)

/**
 * The estimator k₂ = ½ (log r)² >= 0 of each sample, with r = π(a|s) / π_old(a|s) = exp(logProb −
 * oldLogProb), in nats. Its variance is low. It is biased, but correct to second order in the
 * distance between the policies. Schulman 2020, "Approximating KL divergence".
 *
 * Both arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const k2 = perSample(terms.k2.value)

/**
 * The derivative ∂k₂/∂logProb = log r = logProb − oldLogProb of each sample. Schulman 2020,
 * "Approximating KL divergence".
 *
 * Both arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const k2Grad = perSample(terms.k2.grad)

/**
 * The estimator k₃ = (r − 1) − log r >= 0 of each sample, with r = π(a|s) / π_old(a|s) =
 * exp(logProb − oldLogProb), in nats. It adds the control variate r − 1, whose mean is 0, to k₁. So
 * it is unbiased, and its variance is low. Schulman 2020, "Approximating KL divergence".
 *
 * Both arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const k3 = perSample(terms.k3.value)

/**
 * The derivative ∂k₃/∂logProb = r − 1 of each sample, since dr/dlogProb = r. Schulman 2020,
 * "Approximating KL divergence".
 *
 * Both arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const k3Grad = perSample(terms.k3.grad)

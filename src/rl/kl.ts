import { f64 } from '../math/real.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { zip2 } from '../tensor/elementwise.ts'

/** An estimator at one sample and its derivative in logProb, of log r. */
export interface KlTerm {
  readonly value: (logRatio: number) => number
  readonly grad: (logRatio: number) => number
}

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
    zip2(logProb, 'oldLogProb', oldLogProb, (now, old) => f(now - old))

/**
 * −log r with r = π(a|s) / π_old(a|s) = exp(logProb − oldLogProb), a sample: over actions of π_old
 * its mean is KL(π_old ‖ π), in nats. Unbiased, but of either sign, and noisy.
 * Schulman 2020, "Approximating KL divergence", as are the other two.
 *
 * @throws RangeError when shapes differ
 */
export const k1 = perSample(terms.k1.value)

/** ∂k₁/∂logProb = −1, whatever the sample: its mean says nothing of where to go. */
export const k1Grad = perSample(terms.k1.grad)

/**
 * ½ (log r)² >= 0, a sample: of low variance, and biased, but right to second order in the
 * distance between the policies.
 */
export const k2 = perSample(terms.k2.value)

/** ∂k₂/∂logProb = log r */
export const k2Grad = perSample(terms.k2.grad)

/**
 * (r − 1) − log r >= 0, a sample: k₁ with r − 1, whose mean is 0, as a control variate. Unbiased,
 * and of low variance.
 */
export const k3 = perSample(terms.k3.value)

/** ∂k₃/∂logProb = r − 1, since dr/dlogProb = r. */
export const k3Grad = perSample(terms.k3.grad)

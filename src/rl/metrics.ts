import { f64 } from '../math/real.ts'
import { expectOneOf } from '../tensor/argument.ts'
import { expectAlike } from '../tensor/check.ts'
import { mean } from '../tensor/elementwise.ts'
import { data, size, type Tensor } from '../tensor/tensor.ts'
import { terms, type KlEstimator } from './kl.ts'

const ESTIMATORS = Object.keys(terms) as readonly KlEstimator[]

/**
 * The mean of an estimator of KL(π_old ‖ π) over samples of π_old, in nats: how far the new policy
 * is from the one that acted. k₃ = (r − 1) − log r with r = π / π_old is unbiased, has low variance
 * and is never negative. Schulman 2020, "Approximating KL divergence".
 *
 * @param logProb log π(a|s), any shape [...D]
 * @param oldLogProb log π_old(a|s), of that shape
 * @param estimator `k3` by default
 * @throws RangeError when shapes differ, or the estimator is unknown
 */
export const approxKl = <D extends string[]>(
  logProb: Tensor<D>,
  oldLogProb: NoInfer<Tensor<D>>,
  estimator: KlEstimator = 'k3',
): number => {
  expectAlike({ logProb, oldLogProb })
  const { value } = terms[expectOneOf('estimator', estimator, ESTIMATORS)]
  const [now, old] = [data(logProb), data(oldLogProb)]
  let total = 0
  for (let i = 0; i < now.length; i++) total += value(now[i]! - old[i]!)
  return total / now.length
}

/**
 * The share of samples, from 0 to 1, whose ratio r = exp(logProb − oldLogProb) lies outside [1 − ε,
 * 1 + ε], where the clipped surrogate may clip it (Schulman et al. 2017, arXiv:1707.06347, eq. 7).
 * The first argument holds ε as `clip`; the tensors have one shape [...D].
 *
 * @throws RangeError when shapes differ
 */
export const clipFraction = <D extends string[]>(
  { clip }: { readonly clip: number },
  logProb: Tensor<D>,
  oldLogProb: NoInfer<Tensor<D>>,
): number => {
  expectAlike({ logProb, oldLogProb })
  const [now, old] = [data(logProb), data(oldLogProb)]
  let outside = 0
  for (let i = 0; i < now.length; i++) {
    const ratio = f64.exp(now[i]! - old[i]!)
    if (ratio < 1 - clip || ratio > 1 + clip) outside++
  }
  return outside / now.length
}

/**
 * The share of the variance of returns that the values explain, 1 − Var(G − V) / Var(G). It is 1
 * for a perfect value function, 0 for one that knows only the mean, and below 0 for a worse one. It
 * is NaN where the returns do not vary.
 *
 * @param value V, any shape [...D]
 * @param returns G, of that shape
 * @throws RangeError when shapes differ
 */
export const explainedVariance = <D extends string[]>(
  value: Tensor<D>,
  returns: NoInfer<Tensor<D>>,
): number => {
  expectAlike({ value, returns })
  const [v, g] = [data(value), data(returns)]
  const n = size(value)
  const meanG = mean(returns)
  const meanError = meanG - mean(value)
  let varianceG = 0
  let varianceError = 0
  for (let i = 0; i < n; i++) {
    const dG = g[i]! - meanG
    const dError = g[i]! - v[i]! - meanError
    varianceG += dG * dG
    varianceError += dError * dError
  }
  return varianceG === 0 ? NaN : 1 - varianceError / varianceG
}

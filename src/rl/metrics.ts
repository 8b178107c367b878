import { f64 } from '../math/real.ts'
import { expectOneOf } from '../tensor/argument.ts'
import { expectAlike } from '../tensor/check.ts'
import { mean } from '../tensor/elementwise.ts'
import { data, size, type Tensor } from '../tensor/tensor.ts'
import { terms, type KlEstimator } from './kl.ts'

const ESTIMATORS = Object.keys(terms) as readonly KlEstimator[]

/**
 * How far the new policy is from the one that acted, estimated from its own samples: the mean of
 * an estimator of KL(π_old ‖ π), in nats. k₃ = (r − 1) − log r with r = π / π_old is unbiased, of
 * low variance and never negative: Schulman 2020, "Approximating KL divergence".
 *
 * @throws RangeError when shapes differ, or the estimator is unknown
 */
export const approxKl = <D extends string[]>(
  logProb: Tensor<D>,
  oldLogProb: NoInfer<Tensor<D>>,
  estimator: KlEstimator = 'k3',
): number => {
  expectAlike(logProb, { oldLogProb })
  const { value } = terms[expectOneOf('estimator', estimator, ESTIMATORS)]
  const [now, old] = [data(logProb), data(oldLogProb)]
  let total = 0
  for (let i = 0; i < now.length; i++) total += value(now[i]! - old[i]!)
  return total / now.length
}

/** The share of samples whose ratio lies outside [1 − ε, 1 + ε]. */
export const clipFraction = <D extends string[]>(
  { clip }: { readonly clip: number },
  logProb: Tensor<D>,
  oldLogProb: NoInfer<Tensor<D>>,
): number => {
  expectAlike(logProb, { oldLogProb })
  const [now, old] = [data(logProb), data(oldLogProb)]
  let outside = 0
  for (let i = 0; i < now.length; i++) {
    const ratio = f64.exp(now[i]! - old[i]!)
    if (ratio < 1 - clip || ratio > 1 + clip) outside++
  }
  return outside / now.length
}

/**
 * 1 − Var(G − V) / Var(G): 1 is a perfect value function, 0 one that knows only the mean, below 0
 * worse than that. NaN where the returns do not vary.
 */
export const explainedVariance = <D extends string[]>(
  value: Tensor<D>,
  returns: NoInfer<Tensor<D>>,
): number => {
  expectAlike(value, { returns })
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

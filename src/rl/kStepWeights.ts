import { expectCount } from '../tensor/argument.ts'
import { unitInterval } from './steps.ts'

/**
 * What each k-step advantage weighs in generalised advantage estimation: Âₜ = Σₖ wₖ Â⁽ᵏ⁾ₜ over k = 1 … K,
 * with K the steps from t to where its episode or its row ends. wₖ = (1 − λ) λᵏ⁻¹ for k < K, and
 * w_K = λᴷ⁻¹, since all later estimators equal the last one. They add up to 1. Schulman et al. 2016,
 * arXiv:1506.02438, eq. 16.
 *
 * @param lambda λ in [0, 1]
 * @param count K, a whole number >= 1
 * @returns [K], from k = 1 on
 * @throws RangeError when an argument lies outside
 */
export const kStepWeights = (lambda: number, count: number): Float64Array => {
  unitInterval('lambda', lambda)
  const weights = new Float64Array(expectCount('count', count))
  let left = 1
  for (let i = 0; i < count - 1; i++) {
    weights[i] = (1 - lambda) * left
    left *= lambda
  }
  weights[count - 1] = left
  return weights
}

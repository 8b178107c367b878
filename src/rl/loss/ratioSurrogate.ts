import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'

/**
 * The ratio surrogate of one sample, and its derivative in logProb: see `ratioSurrogate`. Schulman
 * et al. 2017, arXiv:1707.06347, eq. 6.
 */
export const ratioSurrogateTerm: SurrogateTerm = {
  value: (r, a) => r * a,
  grad: (r, a) => r * a,
}

/**
 * The ratio surrogate objective L = r Â of each sample, with r = π(a|s) / π_old(a|s). It estimates
 * the expected return by importance sampling. It is correct to first order where π = π_old, and
 * nothing keeps π close to π_old. Schulman et al. 2017, arXiv:1707.06347, eq. 6 (conservative
 * policy iteration).
 *
 * All arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const ratioSurrogate: Surrogate = perSample(ratioSurrogateTerm.value)

/**
 * The derivative ∂L/∂logProb = r Â of `ratioSurrogate`, since dr/dlogProb = r. Schulman et al.
 * 2017, arXiv:1707.06347, eq. 6.
 *
 * All arguments and the result have one shape, [...D].
 *
 * @throws RangeError when shapes differ
 */
export const ratioSurrogateGrad: Surrogate = perSample(ratioSurrogateTerm.grad)

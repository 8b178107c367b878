import { perSample, type Surrogate, type SurrogateTerm } from './perSample.ts'

export const ratioSurrogateTerm: SurrogateTerm = {
  value: (r, a) => r * a,
  grad: (r, a) => r * a,
  text: { value: 'r * a', grad: 'r * a', isFlat: null },
}

/**
 * L = r Â with r = π(a|s) / π_old(a|s), a sample: the objective by importance sampling, true to
 * first order where π is π_old, and with nothing to keep π near it.
 * Schulman et al. 2017, arXiv:1707.06347, eq. 6 (conservative policy iteration).
 *
 * @throws RangeError when shapes differ
 */
export const ratioSurrogate: Surrogate = perSample(ratioSurrogateTerm.value)

/** ∂L/∂logProb = r Â, since dr/dlogProb = r. */
export const ratioSurrogateGrad: Surrogate = perSample(ratioSurrogateTerm.grad)

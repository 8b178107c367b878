import { backwardsWithin, unitInterval, type Discount, type Steps, type TimeEnv } from './steps.ts'

/**
 * The settings of a k-step return: the discount, and how many rewards it sums before it bootstraps.
 */
export interface KStepConfig {
  /** γ in [0, 1], a number or [time, env] */
  readonly gamma: Discount
  /** how many rewards are taken before V is trusted: a whole number >= 1, or Infinity */
  readonly k: number
}

const checked = ({ gamma, k }: KStepConfig): void => {
  unitInterval('gamma', gamma)
  if (!(k >= 1 && (Number.isInteger(k) || k === Infinity)))
    throw new RangeError(`k: expected a whole number >= 1 or Infinity, got ${k}`)
}

/**
 * The k-step return G⁽ᵏ⁾ₜ = rₜ + γ rₜ₊₁ + … + γᵏ⁻¹ rₜ₊ₖ₋₁ + γᵏ V(s′ₜ₊ₖ₋₁). Where a termination
 * comes first it ends there, and where a truncation or the last row does, with V of that s′.
 * Sutton and Barto 2018, eq. 7.1.
 *
 * @returns [time, env]
 * @throws RangeError when shapes differ, γ lies outside [0, 1], or k is not a whole number >= 1
 */
export const kStepReturn = (config: KStepConfig): ((steps: Steps) => TimeEnv) => {
  checked(config)
  return (steps) =>
    backwardsWithin(
      config.k,
      config.gamma,
      steps,
      ({ reward, discount, nextValue, cut }, later) =>
        reward + discount * (cut ? nextValue : later),
    )
}

/**
 * The k-step advantage Â⁽ᵏ⁾ₜ = Σ_{l<k} γˡ δₜ₊ₗ, with δ as in `gae` and the sum cut where gae's is;
 * where Vₜ₊₁ = V(s′ₜ) it is G⁽ᵏ⁾ₜ − Vₜ. A greater k trusts V less: less bias, more variance.
 * k = 1 is gae with λ = 0, k = Infinity gae with λ = 1, and every gae is their geometric mixture
 * (1 − λ) Σₖ λᵏ⁻¹ Â⁽ᵏ⁾. Schulman et al. 2016, arXiv:1506.02438, eq. 11–16.
 *
 * @returns [time, env]
 * @throws RangeError when shapes differ, γ lies outside [0, 1], or k is not a whole number >= 1
 */
export const kStepAdvantage = (config: KStepConfig): ((steps: Steps) => TimeEnv) => {
  checked(config)
  return (steps) =>
    backwardsWithin(
      config.k,
      config.gamma,
      steps,
      ({ reward, value, discount, nextValue, cut }, later) => {
        const delta = reward + discount * nextValue - value
        return cut ? delta : delta + discount * later
      },
    )
}

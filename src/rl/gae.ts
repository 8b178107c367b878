import { backwards, unitInterval, type Discount, type Steps, type TimeEnv } from './steps.ts'

/**
 * Generalised advantage estimation:
 * δₜ = rₜ + γₜ (1 − terminatedₜ) V(s′ₜ) − Vₜ,
 * Âₜ = δₜ + γₜ λ (1 − terminatedₜ)(1 − truncatedₜ) Âₜ₊₁, with Â = 0 past the last row.
 * Schulman et al. 2016, arXiv:1506.02438, eq. 16; where Vₜ₊₁ = V(s′ₜ), Âₜ = Gₜ − Vₜ with the
 * λ-return G.
 *
 * @param config.gamma γ in [0, 1], a number or [time, env]
 * @param config.lambda λ in [0, 1]: 0 is the TD residual, 1 the return less V
 * @returns [time, env]
 * @throws RangeError when shapes differ, or γ or λ lies outside
 */
export const gae = ({
  gamma,
  lambda,
}: {
  readonly gamma: Discount
  readonly lambda: number
}): ((steps: Steps) => TimeEnv) => {
  unitInterval('gamma', gamma)
  unitInterval('lambda', lambda)
  return (steps) =>
    backwards(gamma, steps, ({ reward, value, discount, nextValue, cut }, later) => {
      const delta = reward + discount * nextValue - value
      return cut ? delta : delta + discount * lambda * later
    })
}

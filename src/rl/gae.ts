import { backwards, unitInterval, type Discount, type Steps, type TimeEnv } from './steps.ts'

/**
 * Generalised advantage estimation (GAE):
 * δₜ = rₜ + γₜ (1 − terminatedₜ) V(s′ₜ) − Vₜ,
 * Âₜ = δₜ + γₜ λ (1 − terminatedₜ)(1 − truncatedₜ) Âₜ₊₁, with Â = 0 past the last row.
 *
 * Where Vₜ₊₁ = V(s′ₜ), Âₜ = Gₜ − Vₜ with the λ-return G. Schulman et al. 2016, arXiv:1506.02438,
 * eq. 16.
 *
 * - `gamma`: γ in [0, 1], a number or a tensor [time, env]
 * - `lambda`: λ in [0, 1]. 0 gives the TD residual δₜ, 1 the return minus V.
 *
 * @returns a function of steps to advantages [time, env]
 * @throws RangeError when shapes differ, or γ or λ is out of range
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

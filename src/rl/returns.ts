import { backwards, unitInterval, type Discount, type Steps, type TimeEnv } from './steps.ts'

/**
 * The λ-return: Gₜ = rₜ + γₜ (1 − terminatedₜ) [(1 − λ) V(s′ₜ) + λ Gₜ₊₁]. At a truncation and in
 * the last row the bracket is V(s′ₜ). Sutton and Barto 2018, eq. 12.18.
 *
 * - `gamma`: γ in [0, 1], a number or a tensor [time, env]
 * - `lambda`: λ in [0, 1]. 0 bootstraps after one step, 1 at the end of the episode.
 *
 * @returns a function of steps to returns [time, env]
 * @throws RangeError when shapes differ, or γ or λ is out of range
 */
export const lambdaReturn = ({
  gamma,
  lambda,
}: {
  readonly gamma: Discount
  readonly lambda: number
}): ((steps: Steps) => TimeEnv) => {
  unitInterval('gamma', gamma)
  unitInterval('lambda', lambda)
  return (steps) =>
    backwards(gamma, steps, ({ reward, discount, nextValue, cut }, later) => {
      const ahead = cut ? nextValue : (1 - lambda) * nextValue + lambda * later
      return reward + discount * ahead
    })
}

/**
 * The discounted return: Gₜ = rₜ + γₜ (1 − terminatedₜ) Gₜ₊₁. At a truncation and in the last row
 * V(s′ₜ) takes the place of Gₜ₊₁. It is the λ-return with λ = 1. Sutton and Barto 2018, eq. 3.9.
 *
 * - `gamma`: γ in [0, 1], a number or a tensor [time, env]
 *
 * @returns a function of steps to returns [time, env]
 * @throws RangeError when shapes differ, or γ is out of range
 */
export const discountedReturn = ({
  gamma,
}: {
  readonly gamma: Discount
}): ((steps: Steps) => TimeEnv) => lambdaReturn({ gamma, lambda: 1 })

import { backwards, unitInterval, type Discount, type Steps, type TimeEnv } from './steps.ts'

/**
 * The λ-return: Gₜ = rₜ + γₜ (1 − terminatedₜ) [(1 − λ) V(s′ₜ) + λ Gₜ₊₁], where the bracket is
 * V(s′ₜ) at a truncation and in the last row. λ = 0 looks one step ahead, λ = 1 to the end.
 * Sutton and Barto 2018, eq. 12.18 and 12.20.
 *
 * @param config.gamma γ in [0, 1], a number or [time, env]
 * @param config.lambda λ in [0, 1]
 * @returns [time, env]
 * @throws RangeError when shapes differ, or γ or λ lies outside
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
 * The discounted return: Gₜ = rₜ + γₜ (1 − terminatedₜ) Gₜ₊₁, where a truncation and the last row
 * put V(s′ₜ) in place of Gₜ₊₁. It is the λ-return with λ = 1.
 *
 * @returns [time, env]
 */
export const discountedReturn = ({
  gamma,
}: {
  readonly gamma: Discount
}): ((steps: Steps) => TimeEnv) => lambdaReturn({ gamma, lambda: 1 })

import { expectAlike, expectDims } from '../tensor/check.ts'
import { promote } from '../tensor/elementwise.ts'
import { allocate, data, own, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'

/** A tensor with one number per step and environment, [time, env]. */
export type TimeEnv = Tensor<['time', 'env']>

/**
 * T steps in B environments, as estimators read them.
 *
 * - `reward` rₜ
 * - `value` Vₜ = V(sₜ)
 * - `nextValue` V(s′ₜ) with s′ₜ the state after the step and before any reset; where the episode
 *   goes on it equals Vₜ₊₁, where it terminated it is not read
 * - `terminated` 1 (or true) where s′ₜ is terminal: its value is 0
 * - `truncated` 1 where the episode was cut off there: its value counts, its future is unknown
 */
export interface Steps {
  readonly reward: TimeEnv
  readonly value: TimeEnv
  readonly nextValue: TimeEnv
  readonly terminated: TimeEnv
  readonly truncated: TimeEnv
}

/** The discount γ in [0, 1]: one number for all steps, or a tensor [time, env]. */
export type Discount = number | TimeEnv

/** What a backward recursion reads at one step. */
export interface StepView {
  readonly reward: number
  readonly value: number
  /** γ (1 − terminated) */
  readonly discount: number
  /** V(s′), or 0 where terminated, whatever stands there */
  readonly nextValue: number
  /** nothing after this step belongs to it: terminated, truncated, or the last row */
  readonly cut: boolean
}

type Recursion = (step: StepView, later: number) => number

const within = (argument: string, x: number): number => {
  if (!(x >= 0 && x <= 1))
    throw new RangeError(`${argument}: expected a number from 0 to 1, got ${x}`)
  return x
}

/** γ or λ, checked once. */
export const unitInterval = (argument: string, x: Discount): Discount => {
  if (typeof x === 'number') return within(argument, x)
  const all: ReadonlyNumbers = data(x)
  for (let i = 0; i < all.length; i++) within(argument, all[i]!)
  return x
}

/** The steps as a recursion reads them, checked, and where its result goes. */
const views = (gamma: Discount, steps: Steps) => {
  const { reward, value, nextValue, terminated, truncated } = steps
  expectDims('reward', reward, ['time', 'env'])
  expectAlike({ reward, value, nextValue, terminated, truncated })
  if (typeof gamma !== 'number') expectAlike({ reward, gamma })
  const [time, envs] = reward.shape
  const r = data(reward)
  const v = data(value)
  const v2 = data(nextValue)
  const over = data(terminated)
  const off = data(truncated)
  const gammas = typeof gamma === 'number' ? null : data(gamma)
  const view = (t: number, i: number): StepView => {
    const ended = over[i] !== 0
    return {
      reward: r[i]!,
      value: v[i]!,
      discount: ended ? 0 : gammas === null ? (gamma as number) : gammas[i]!,
      nextValue: ended ? 0 : v2[i]!,
      cut: ended || off[i] !== 0 || t === time - 1,
    }
  }
  return { time, envs, view, out: allocate(promote(reward, value), time * envs) }
}

/**
 * The result x with xₜ = f(stepₜ, xₜ₊₁), from the last row to the first, an environment a column.
 * Sums are carried in f64; the result has the element type of the rewards and values.
 */
export const backwards = (gamma: Discount, steps: Steps, f: Recursion): TimeEnv => {
  const { time, envs, view, out } = views(gamma, steps)
  for (let e = 0; e < envs; e++) {
    let later = 0
    for (let t = time - 1; t >= 0; t--) {
      const i = t * envs + e
      later = f(view(t, i), later)
      out[i] = later
    }
  }
  return own(['time', 'env'], [time, envs], out)
}

/**
 * `backwards`, except that xₜ looks no further than k steps: the last step of its window is a cut, as the
 * last row is. k = Infinity is `backwards`.
 */
export const backwardsWithin = (
  k: number,
  gamma: Discount,
  steps: Steps,
  f: Recursion,
): TimeEnv => {
  const { time, envs, view, out } = views(gamma, steps)
  for (let e = 0; e < envs; e++) {
    const column = Array.from({ length: time }, (_, t) => view(t, t * envs + e))
    for (let t = 0; t < time; t++) {
      let end = t
      while (end - t + 1 < k && !column[end]!.cut) end++
      let x = f({ ...column[end]!, cut: true }, 0)
      for (let l = end - 1; l >= t; l--) x = f(column[l]!, x)
      out[t * envs + e] = x
    }
  }
  return own(['time', 'env'], [time, envs], out)
}

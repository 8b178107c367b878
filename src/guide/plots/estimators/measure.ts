import { foldIn, type Key } from '../../../random/key.ts'
import type { Steps, TimeEnv } from '../../../rl/steps.ts'
import { pick, toArray } from '../../../tensor/tensor.ts'
import { START, TRUE_VALUES, walks } from './walk.ts'

/** One estimator's error at the start state, over episodes. */
export interface Errors {
  /** mean of Â less what it should be, v − V */
  readonly bias: number
  readonly variance: number
  /** mean square of the whole error: bias² + variance */
  readonly mse: number
  /** standard errors of the three, for so many episodes */
  readonly standard: { readonly bias: number; readonly variance: number; readonly mse: number }
}

const square = (x: number): number => x * x

const errorsOf = (errors: readonly number[]): Errors => {
  const n = errors.length
  const mean = (f: (x: number) => number): number => errors.reduce((sum, x) => sum + f(x), 0) / n
  const bias = mean((x) => x)
  const variance = mean((x) => square(x - bias))
  const mse = mean((x) => x * x)
  return {
    bias,
    variance,
    mse,
    standard: {
      bias: Math.sqrt(variance / n),
      variance: Math.sqrt(mean((x) => square(square(x - bias) - variance)) / n),
      mse: Math.sqrt(mean((x) => square(x * x - mse)) / n),
    },
  }
}

const BATCH = 1000

export type Estimator = (steps: Steps) => TimeEnv

/**
 * Errors of advantages in the first step, which starts in C, with V the `values` given. Since no
 * action is chosen, Â should be v(C) − V(C): what V is off by. All see the same episodes.
 */
export const measure = (
  key: Key,
  episodes: number,
  values: readonly number[],
  estimators: readonly Estimator[],
): readonly Errors[] => {
  const truth = TRUE_VALUES[START - 1]! - values[START - 1]!
  const found: number[][] = estimators.map(() => [])
  for (let batch = 0; batch * BATCH < episodes; batch++) {
    const steps = walks(foldIn(key, batch), Math.min(BATCH, episodes - batch * BATCH), values)
    estimators.forEach((estimator, i) => {
      for (const a of toArray(pick(estimator(steps), 0))) found[i]!.push(a - truth)
    })
  }
  return found.map(errorsOf)
}

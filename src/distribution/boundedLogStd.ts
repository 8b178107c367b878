import { data, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Distribution, Param } from './distribution.ts'
import { eachParam } from './rows.ts'

/** Bounds of log σ; null: unbounded. */
export interface LogStdBounds {
  readonly min: number | null
  readonly max: number | null
}

/**
 * A Gaussian with parameters [B, 2n], n means and n log standard deviations, that first clamps log σ to
 * [min, max]: log σ ↦ max(min, min(log σ, max)).
 *
 * The clamp has derivative 1 on [min, max], including the bounds, and 0 outside. So the gradient in a
 * log σ outside is 0, and only the optimiser's momentum can move it back.
 *
 * @param gaussian `diagonalGaussian` or `squashedGaussian`
 */
export const boundedLogStd = (
  gaussian: Distribution<['action']>,
  { min, max }: LogStdBounds,
): Distribution<['action']> => {
  const low = min ?? -Infinity
  const high = max ?? Infinity

  /** Whether element `at` of parameters with that number of columns is a log σ. */
  const isLogStd = (columns: number, at: number): boolean => 2 * (at % columns) >= columns

  const clamped = <B extends string>(param: Param<B>): Param<B> => {
    const [x, columns] = [data(param), param.shape[1]]
    return eachParam(param, (at) =>
      isLogStd(columns, at) ? Math.max(low, Math.min(x[at]!, high)) : x[at]!,
    )
  }

  /** The chain rule: turns a gradient in the clamped parameters into one in `param`. */
  const through = <B extends string>(param: Param<B>, grad: Param<B>): Param<B> => {
    const [x, g, columns]: [ReadonlyNumbers, ReadonlyNumbers, number] = [
      data(param),
      data(grad),
      param.shape[1],
    ]
    return eachParam(grad, (at) =>
      isLogStd(columns, at) && (x[at]! < low || x[at]! > high) ? 0 : g[at]!,
    )
  }

  return {
    ...gaussian,

    sample: (key, param) => gaussian.sample(key, clamped(param)),

    mode: (param) => gaussian.mode(clamped(param)),

    logProb: (param, action) => gaussian.logProb(clamped(param), action),

    logProbGrad: (param, action) => through(param, gaussian.logProbGrad(clamped(param), action)),

    entropy: (param) => gaussian.entropy(clamped(param)),

    entropyGrad: (param) => through(param, gaussian.entropyGrad(clamped(param))),

    kl: (p, q) => gaussian.kl(clamped(p), clamped(q)),

    klGrad: (p, q) => through(q, gaussian.klGrad(clamped(p), clamped(q))),

    // JᵀFJ, with the clamp's derivative J
    fisher: (param, v) => through(param, gaussian.fisher(clamped(param), through(param, v))),
  }
}

import { f64 } from '../math/real.ts'
import type { Key } from '../random/key.ts'
import { normal } from '../random/normal.ts'
import { expectShape, notFinite } from '../tensor/check.ts'
import { promote } from '../tensor/elementwise.ts'
import { allocate, data, own, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import type { Distribution, Param } from './distribution.ts'
import { overStd, overVariance, timesStd } from './overStd.ts'
import { actionRows, eachParam, eachRow, openChoices } from './rows.ts'

/** ½ log 2π */
export const HALF_LOG_TWO_PI = 0.9189385332046727

/** log N(u; μ, σ) = −½ ((u − μ) / σ)² − log σ − ½ log 2π */
export const logNormal = (u: number, mean: number, logStd: number): number => {
  const z = overStd(u - mean, logStd, f64.exp(-logStd))
  return -0.5 * z * z - logStd - HALF_LOG_TWO_PI
}

/**
 * Its derivatives: ∂/∂μ = z / σ and ∂/∂log σ = z² − 1 with z = (u − μ) / σ, for actions u
 * [B, action] in f64.
 */
export const scoreOf = <B extends string>(param: Param<B>, u: ReadonlyNumbers): Param<B> => {
  const columns = param.shape[1]
  const n = columns / 2
  const x = data(param)
  return eachParam(param, (at) => {
    const j = at % columns
    const row = at - j
    const k = j % n
    const logStd = x[row + n + k]!
    const perStd = f64.exp(-logStd)
    const z = overStd(u[row / 2 + k]! - x[row + k]!, logStd, perStd)
    return j < n ? overStd(z, logStd, perStd) : z * z - 1
  })
}

/** An action a row from its means and standard deviations, by f(i n + j, μⱼ, log σⱼ). */
export const eachAction = <B extends string>(
  param: Param<B>,
  f: (at: number, mean: number, logStd: number) => number,
): Tensor<[B, 'action']> => {
  const n = entriesOf(param)
  const [rows] = param.shape
  const x = data(param)
  const out = allocate(promote(param), rows * n)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < n; j++) {
      const mean = i * 2 * n + j
      out[i * n + j] = f(i * n + j, x[mean]!, x[mean + n]!)
    }
  return own<[B, 'action']>([param.dims[0], 'action'], [rows, n], out)
}

/** Σ over a row's entries of f(i n + j, μⱼ, log σⱼ), in rising order */
export const sumEntries = <B extends string>(
  param: Param<B>,
  f: (at: number, mean: number, logStd: number) => number,
): Tensor<[B]> => {
  const n = entriesOf(param)
  const x = data(param)
  return eachRow(param, (i) => {
    let total = 0
    for (let j = 0; j < n; j++) {
      const mean = i * 2 * n + j
      total += f(i * n + j, x[mean]!, x[mean + n]!)
    }
    return total
  })
}

/** Draws μ + σ z: entry j of row i takes draw i n + j of the key. */
export const drawEach = (
  param: Param<string>,
  key: Key,
): ((at: number, mean: number, logStd: number) => number) => {
  const z = data(normal(key, ['draw'], [param.shape[0] * entriesOf(param)], 'f64'))
  return (at, mean, logStd) => mean + timesStd(z[at]!, logStd, f64.exp(logStd))
}

const actions = (params: number): number => {
  if (!(Number.isInteger(params / 2) && params >= 2))
    throw new RangeError(
      `params: expected an even number >= 2, a mean and a log standard deviation an entry, got ${params}`,
    )
  return params / 2
}

const entriesOf = (param: Param<string>): number => actions(param.shape[1])

const checkedActions = (param: Param<string>, action: Tensor): ReadonlyNumbers => {
  const a = actionRows(action, param, entriesOf(param))
  for (let at = 0; at < a.length; at++)
    if (!Number.isFinite(a[at]!)) throw notFinite('action', action.dims, action.shape, at, a[at]!)
  return a
}

/**
 * n independent normal numbers; `param` [B, 2n] holds n means μ, then n log standard deviations
 * log σ. Actions [B, action] are of the parameters' element type. There is nothing to mask.
 */
export const diagonalGaussian: Distribution<['action']> = {
  actionDims: ['action'],

  actions,

  choices: (params) => {
    actions(params)
    return 0
  },

  sample: (key, param) => eachAction(param, drawEach(param, key)),

  mode: (param) => eachAction(param, (_, mean) => mean),

  logProb: (param, action) => {
    const a = checkedActions(param, action)
    return sumEntries(param, (at, mean, logStd) => logNormal(a[at]!, mean, logStd))
  },

  logProbGrad: (param, action) => scoreOf(param, checkedActions(param, action)),

  // ½ log 2πe + log σ, an entry
  entropy: (param) => sumEntries(param, (_, _mean, logStd) => 0.5 + HALF_LOG_TWO_PI + logStd),

  entropyGrad: (param) => {
    const columns = 2 * entriesOf(param)
    return eachParam(param, (at) => (2 * (at % columns) < columns ? 0 : 1))
  },

  // log σ_q − log σ_p + (σ_p² + (μ_p − μ_q)²) / 2σ_q² − ½, an entry, with the ratio of the variances
  // as exp(−2d), d = log σ_q − log σ_p: equal members give exactly 0, whatever their σ.
  kl: (p, q) => {
    const n = entriesOf(p)
    const y = data(expectShape('q', q, p.dims, p.shape))
    const all = sumEntries(p, (at, mean, logStd) => {
      const j = at % n
      const from = 2 * (at - j) + j
      const logStdOfQ = y[from + n]!
      const d = logStdOfQ - logStd
      const z = overStd(mean - y[from]!, logStdOfQ, f64.exp(-logStdOfQ))
      return d + 0.5 * (f64.exp(-2 * d) - 1 + z * z)
    })
    // Rounding can put a sum of nearly equal terms just below 0.
    const values = data(all)
    return eachRow(p, (i) => Math.max(0, values[i]!))
  },

  // ∂/∂μ_q = (μ_q − μ_p) / σ_q² and ∂/∂log σ_q = 1 − (σ_p² + (μ_p − μ_q)²) / σ_q²
  klGrad: (p, q) => {
    const n = entriesOf(p)
    const y = data(expectShape('q', q, p.dims, p.shape))
    const x = data(p)
    return eachParam(q, (at) => {
      const j = at % (2 * n)
      const mean = at - j + (j % n)
      const logStd = y[mean + n]!
      const perStd = f64.exp(-logStd)
      const z = overStd(y[mean]! - x[mean]!, logStd, perStd)
      return j < n ? overStd(z, logStd, perStd) : 1 - f64.exp(2 * (x[at]! - y[at]!)) - z * z
    })
  },

  // F = diag(1 / σ², 2): the derivative of klGrad at q = p.
  fisher: (param, v) => {
    const n = entriesOf(param)
    const direction = data(expectShape('v', v, param.dims, param.shape))
    const x = data(param)
    return eachParam(param, (at) =>
      at % (2 * n) < n ? overVariance(direction[at]!, x[at + n]!) : 2 * direction[at]!,
    )
  },

  mask: (param, open) => {
    entriesOf(param)
    openChoices(open, param, 0)
    return param
  },
}

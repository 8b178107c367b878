import { f64 } from '../math/real.ts'
import { promote } from '../tensor/elementwise.ts'
import { data, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import {
  diagonalGaussian,
  drawEach,
  eachAction,
  logNormal,
  scoreOf,
  sumEntries,
} from './diagonalGaussian.ts'
import type { Distribution, Param } from './distribution.ts'
import { timesStd } from './overStd.ts'
import { actionRows, badAction, eachParam } from './rows.ts'

/** log √(2πe), the entropy of a standard normal number */
const STANDARD_ENTROPY = 1.4189385332046727

/** The largest numbers below 1: 1 − 2⁻²⁴ and 1 − 2⁻⁵³. */
const BELOW_ONE = { f32: 0.9999999403953552, f64: 0.9999999999999999 }

/** tanh(u), kept inside (−1, 1), where log p is finite. */
const squash = (u: number, dtype: 'f32' | 'f64'): number =>
  Math.max(-BELOW_ONE[dtype], Math.min(f64.tanh(u), BELOW_ONE[dtype]))

/** log(1 − tanh² u) = 2 (log 2 − u − log(1 + e⁻²ᵘ)), the same for −u. */
const logSlope = (u: number): number => {
  const t = Math.abs(u)
  return 2 * (Math.LN2 - t - f64.log1p(f64.exp(-2 * t)))
}

// The trapezoidal rule for E over z ~ N(0, 1), on [−8, 8] with step ¼.
const NODES = Array.from({ length: 65 }, (_, k) => (k - 32) / 4)
const MASSES = NODES.map((z, k) => (k === 0 || k === 64 ? 0.5 : 1) * f64.exp(-0.5 * z * z))
const MASS = MASSES.reduce((sum, mass) => sum + mass, 0)
const WEIGHTS = MASSES.map((mass) => mass / MASS)

/** E f(μ + σz, z) by that rule */
const expectation = (mean: number, logStd: number, f: (u: number, z: number) => number): number => {
  const std = f64.exp(logStd)
  let total = 0
  for (let k = 0; k < NODES.length; k++) {
    const z = NODES[k]!
    total += WEIGHTS[k]! * f(mean + timesStd(z, logStd, std), z)
  }
  return total
}

const checkedActions = (param: Param<string>, action: Tensor): ReadonlyNumbers => {
  const n = diagonalGaussian.actions(param.shape[1])
  const a = actionRows(action, param, n)
  for (let at = 0; at < a.length; at++)
    if (!(Math.abs(a[at]!) < 1)) throw badAction(param, n, at, 'a number between -1 and 1', a[at]!)
  return a
}

/** atanh a = ½ (log(1 + a) − log(1 − a)) */
const unsquash = (a: number): number => 0.5 * (f64.log1p(a) - f64.log1p(-a))

/**
 * a = tanh(u), entry by entry, with u of the diagonal Gaussian of the same parameters [B, 2n]: n
 * means, then n log standard deviations. Actions [B, action] lie inside (−1, 1) and are of the
 * parameters' element type. Haarnoja et al. 2018, arXiv:1801.01290, appendix C.
 *
 * log p(a) = log N(atanh a; μ, σ) − Σ log(1 − a²), for the action as it is stored: f32 holds
 * |u| <= 8.66 and f64 |u| <= 18.7, and a draw beyond is stored, and scored, as the last number below
 * 1. So far in the tail scores and ratios are biased: in f32 at σ = 1 the mean of ∂log p/∂μ, which
 * is 0 of exact draws, is −0.02 at μ = 7 and −0.58 at μ = 9.
 *
 * The mode is tanh(μ), the median of each entry: the density may be greatest elsewhere, or at the
 * borders, where it has no maximum.
 *
 * The entropy H(u) + Σ E log(1 − tanh² u) has no closed form: the expectation over z in
 * u = μ + σz is a sum over 65 nodes, of which entropyGrad is the exact derivative. At |μ| <= 3 the
 * entropy of an entry is off by less than 1e-12 for σ <= 1, 5e-7 for σ = e and 3e-3 for σ = e².
 *
 * tanh is one to one, so KL and the Fisher information are those of the Gaussians.
 */
export const squashedGaussian: Distribution<['action']> = {
  ...diagonalGaussian,

  sample: (key, param) => {
    const draw = drawEach(param, key)
    const dtype = promote(param)
    return eachAction(param, (at, mean, logStd) => squash(draw(at, mean, logStd), dtype))
  },

  mode: (param) => {
    const dtype = promote(param)
    return eachAction(param, (_, mean) => squash(mean, dtype))
  },

  // log(1 − a²) = log(1 + a) + log(1 − a)
  logProb: (param, action) => {
    const a = checkedActions(param, action)
    return sumEntries(
      param,
      (at, mean, logStd) =>
        logNormal(unsquash(a[at]!), mean, logStd) - (f64.log1p(a[at]!) + f64.log1p(-a[at]!)),
    )
  },

  // The determinant does not depend on the parameters.
  logProbGrad: (param, action) => {
    const a = checkedActions(param, action)
    return scoreOf(
      param,
      Float64Array.from({ length: a.length }, (_, at) => unsquash(a[at]!)),
    )
  },

  entropy: (param) =>
    sumEntries(
      param,
      (_, mean, logStd) => STANDARD_ENTROPY + logStd + expectation(mean, logStd, logSlope),
    ),

  // d/du log(1 − tanh² u) = −2 tanh u, with ∂u/∂μ = 1 and ∂u/∂log σ = σz; H(u) adds 1 to the latter.
  entropyGrad: (param) => {
    const columns = param.shape[1]
    const n = diagonalGaussian.actions(columns)
    const x = data(param)
    return eachParam(param, (at) => {
      const j = at % columns
      if (j < n) return expectation(x[at]!, x[at + n]!, (u) => -2 * f64.tanh(u))
      const std = f64.exp(x[at]!)
      return (
        1 + expectation(x[at - n]!, x[at]!, (u, z) => (z === 0 ? 0 : -2 * f64.tanh(u) * std * z))
      )
    })
  },
}

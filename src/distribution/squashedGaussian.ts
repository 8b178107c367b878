import { operation, type Machine } from '../kernel/machine.ts'
import { roughLog } from '../math/f64/log.ts'
import { f64 } from '../math/real.ts'
import { data } from '../tensor/tensor.ts'
import { diagonalGaussian, gaussianAt, logNormal, type FittedGaussian } from './diagonalGaussian.ts'
import type { Distribution, Mask, Param } from './distribution.ts'
import { timesStd } from './overStd.ts'
import { BELOW_ONE } from './scalars.ts'
import { badAction, filling, machineFor, scalarOf, type In, type Out, type Table } from './rows.ts'

/** log √(2πe), the entropy of a standard normal number */
const STANDARD_ENTROPY = 1.4189385332046727

/** tanh(u), kept inside (−1, 1), where log p is finite. */
const squash = operation('squashedGaussian.squash', (_, out: Out, u: In, belowOne: number) => {
  for (let at = 0; at < out.length; at++)
    out[at] = Math.max(-belowOne, Math.min(f64.tanh(u[at]!), belowOne))
})

/** atanh a = ½ (log(1 + a) − log(1 − a)) of what is an action, and log(1 − a²). */
const unsquash = operation(
  'squashedGaussian.unsquash',
  (_, u: Float64Array, logSlopes: Float64Array, action: In, { batch, columns }: Table) => {
    for (let at = 0; at < u.length; at++) {
      const a = action[at]!
      if (!(Math.abs(a) < 1))
        throw badAction(batch, columns / 2, at, 'a number between -1 and 1', a)
      const [above, below] = [f64.log1p(a), f64.log1p(-a)]
      u[at] = 0.5 * (above - below)
      logSlopes[at] = above + below
    }
  },
)

const score = operation(
  'squashedGaussian.logProb',
  (_, out: Out, x: In, u: In, logSlopes: In, perStd: In, { rows, columns }: Table) => {
    const n = columns / 2
    for (let i = 0, at = 0; i < rows; i++) {
      let total = 0
      for (let j = 0; j < n; j++, at++) {
        const mean = at + i * n
        total += logNormal(u[at]!, x[mean]!, x[mean + n]!, perStd[at]!) - logSlopes[at]!
      }
      out[i] = total
    }
  },
)

/** E over z ~ N(0, 1) by the trapezoidal rule on [−8, 8]: a node at 0, and pairs ±z. */
interface Rule {
  readonly step: number
  /** weights of the node at 0, and of each of a pair */
  readonly weights: Float64Array
}

const ruleOf = (pairs: number): Rule => {
  const step = 8 / pairs
  const masses = Float64Array.from({ length: pairs + 1 }, (_, k) => {
    const z = k * step
    return (k === pairs ? 0.5 : 1) * f64.exp(-0.5 * z * z)
  })
  const mass = masses.reduce((sum, each, k) => sum + (k === 0 ? each : 2 * each), 0)
  return { step, weights: masses.map((each) => each / mass) }
}

const [COARSE, MIDDLE, FINE] = [ruleOf(16), ruleOf(26), ruleOf(32)]

// The poles of log cosh u are ±iπ/2, so that a step h is off by about e^(−π² / σh).
const ruleFor = (std: number): Rule => (std <= 0.6 ? COARSE : std <= 1.05 ? MIDDLE : FINE)

/** The largest |u| whose e^(2|u|), and a product of two of them, are far from overflow. */
const LARGEST = 150

/** log(1 − tanh² u) = 2 (log 2 − u − log(1 + e⁻²ᵘ)), the same for −u. */
const logSlope = (u: number): number => {
  const t = Math.abs(u)
  return 2 * (Math.LN2 - t - f64.log1p(f64.exp(-2 * t)))
}

/**
 * E log(1 − tanh² u) with u = μ + σz. Nodes are equally far apart, so that the e⁻²ᵘ of a node is
 * that of the one before times a constant; the u themselves cancel in a pair of nodes but for μ, and
 * the logarithms of a pair are one of a product.
 */
const meanLogSlope = (mean: number, logStd: number, std: number): number => {
  const { step, weights } = ruleFor(std)
  if (!(Math.abs(mean) + 8 * std < LARGEST)) {
    let sum = weights[0]! * logSlope(mean)
    for (let k = 1; k < weights.length; k++) {
      const away = timesStd(k * step, logStd, std)
      sum += weights[k]! * (logSlope(mean - away) + logSlope(mean + away))
    }
    return sum
  }
  const middle = f64.exp(-2 * mean)
  const ratio = f64.exp(-2 * step * std)
  const inverse = 1 / ratio
  let [above, below] = [middle, middle]
  let sum = weights[0]! * roughLog(1 + middle)
  for (let k = 1; k < weights.length; k++) {
    above *= ratio
    below *= inverse
    sum += weights[k]! * roughLog((1 + above) * (1 + below))
  }
  return 2 * (Math.LN2 - mean - sum)
}

const measure = operation(
  'squashedGaussian.entropy',
  (_, out: Out, x: In, std: In, { rows, columns }: Table) => {
    const n = columns / 2
    for (let i = 0, at = 0; i < rows; i++) {
      let total = 0
      for (let j = 0; j < n; j++, at++) {
        const mean = at + i * n
        const logStd = x[mean + n]!
        total += STANDARD_ENTROPY + logStd + meanLogSlope(x[mean]!, logStd, std[at]!)
      }
      out[i] = total
    }
  },
)

// d/du log(1 − tanh² u) = −2 tanh u, with ∂u/∂μ = 1 and ∂u/∂log σ = σz; H(u) adds 1 to the latter.
// tanh u = (1 − a) / (1 + a) with a = e⁻²ᵘ, and with b of the other node of a pair the sum of both
// is 2 (1 − ab) / ((1 + a) (1 + b)), the difference 2 (b − a) over the same.
const measureGrad = operation(
  'squashedGaussian.entropyGrad',
  (_, dx: Out, x: In, std: In, dEntropy: In, { rows, columns, round }: Table) => {
    const n = columns / 2
    const d = dEntropy[0]!
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0; j < n; j++, at++) {
        const place = at + i * n
        const mean = x[place]!
        const logStd = x[place + n]!
        const sigma = std[at]!
        const { step, weights } = ruleFor(sigma)
        let ofMean = weights[0]! * f64.tanh(mean)
        let ofLogStd = 0
        if (Math.abs(mean) + 8 * sigma < LARGEST) {
          const ratio = f64.exp(-2 * step * sigma)
          const inverse = 1 / ratio
          let above = f64.exp(-2 * mean)
          let below = above
          const rest = 2 * (1 - above * above)
          for (let k = 1; k < weights.length; k++) {
            above *= ratio
            below *= inverse
            const over = weights[k]! / ((1 + above) * (1 + below))
            ofMean += rest * over
            ofLogStd += 2 * (below - above) * over * (k * step)
          }
        } else
          for (let k = 1; k < weights.length; k++) {
            const z = k * step
            const up = f64.tanh(mean + timesStd(z, logStd, sigma))
            const down = f64.tanh(mean - timesStd(z, logStd, sigma))
            ofMean += weights[k]! * (up + down)
            ofLogStd += weights[k]! * (up - down) * z
          }
        dx[place] = round(-2 * ofMean) * d
        dx[place + n] = round(ofLogStd === 0 ? 1 : 1 - 2 * sigma * ofLogStd) * d
      }
  },
)

/** Actions before the tanh, [B, action] in f64, and the log of its slope there. */
interface Inner {
  readonly action: In
  readonly u: Float64Array
  readonly logSlopes: Float64Array
}

const at = <B extends string>(
  given: Param<B>,
  mask: Mask<B> | null = null,
  machine: Machine = machineFor(given),
): FittedGaussian<B> => {
  const gaussian = gaussianAt(given, mask, machine)
  const { param, std, perStd, actionOf } = gaussian
  const x = data(param)
  const { table, perRow, perParam, ofActions } = filling(machine, param)
  const n = table.columns / 2

  // What was asked for last stays: a score and its gradient need the same.
  let last: Inner | null = null
  const inner = (action: In): Inner => {
    if (last?.action === action) return last
    const [u, logSlopes] = [machine.doubles(table.rows * n), machine.doubles(table.rows * n)]
    machine.run(unsquash, u, logSlopes, action, table)
    last = { action, u, logSlopes }
    return last
  }
  const outer = (u: In) => {
    const out = machine.alloc(table.rows * n)
    machine.run(squash, out, u, BELOW_ONE[machine.dtype])
    return actionOf(out)
  }

  return {
    ...gaussian,

    sample: (key, from = 0) => {
      const u = machine.doubles(table.rows * n)
      gaussian.draw(u, key, from)
      return outer(u)
    },

    mode: () => outer(data(gaussian.mode())),

    logProb: (action) => {
      const { u, logSlopes } = inner(ofActions(action, n))
      return perRow(score, x, u, logSlopes, perStd(), table)
    },

    // The determinant does not depend on the parameters.
    logProbGrad: (action, dLogProb) =>
      gaussian.logProbGrad(actionOf(inner(ofActions(action, n)).u), dLogProb),

    entropy: () => perRow(measure, x, std(), table),

    entropyGrad: (dEntropy) => perParam(measureGrad, x, std(), scalarOf(dEntropy), table),
  }
}

/**
 * Squashed Gaussian actions a = tanh(u), where u has a diagonal Gaussian distribution. `param` [B, 2n]
 * holds n means, then n log standard deviations. Actions [B, action] lie inside (−1, 1) and have the
 * element type of the parameters. Haarnoja et al. 2018, arXiv:1801.01290, appendix C.
 *
 * log p(a) = log N(atanh a; μ, σ) − Σ log(1 − a²), for the action as it is stored: f32 holds
 * |u| <= 8.66 and f64 |u| <= 18.7, and a draw beyond that is stored, and scored, as the last
 * number below 1. So far in the tail, scores and ratios are biased: in f32 at σ = 1 the mean of
 * ∂log p/∂μ, which is 0 for exact draws, is −0.02 at μ = 7 and −0.58 at μ = 9.
 *
 * The mode is tanh(μ), the median of each entry: the density may be greatest elsewhere, or at the
 * borders, where it has no maximum.
 *
 * The entropy H(u) + Σ E log(1 − tanh² u) has no closed form: the expectation over z in
 * u = μ + σz is a sum over 33 to 65 nodes, of which entropyGrad is the exact derivative. At |μ| <= 3 the
 * entropy of an entry is off by less than 1e-12 for σ <= 1, 5e-7 for σ = e and 3e-3 for σ = e².
 *
 * tanh is one to one, so KL and the Fisher information are those of the Gaussians.
 */
export const squashedGaussian: Distribution<['action']> = { ...diagonalGaussian, at }

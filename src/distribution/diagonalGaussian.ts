import { literal, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { f64 } from '../math/real.ts'
import type { Key } from '../random/key.ts'
import { fillNormal } from '../random/normal.ts'
import { expectShape, notFinite } from '../tensor/check.ts'
import { data, own, type Tensor } from '../tensor/tensor.ts'
import type { Distribution, Fitted, Mask, Param } from './distribution.ts'
import { overStd, overVariance, timesStd } from './overStd.ts'
import {
  filling,
  inTypeOf,
  machineFor,
  once,
  scalarOf,
  scalarReads,
  scalarText,
  type In,
  type Out,
  type Table,
} from './rows.ts'

/** ½ log 2π */
export const HALF_LOG_TWO_PI = 0.9189385332046727

// A row of parameters x [rows, 2n] holds n means, then n log standard deviations. Actions and powers
// of σ are [rows, n].

/** e^(factor · log σ). Rows that have their log σ from a parameter all have the same. */
const power = operation(
  'gaussian.power',
  (_, out: Float64Array, x: In, factor: number, { rows, columns }: Table) => {
    const n = columns / 2
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0; j < n; j++, at++) {
        const place = i * columns + n + j
        const logStd = x[place]!
        out[at] = i > 0 && logStd === x[place - columns] ? out[at - n]! : f64.exp(factor * logStd)
      }
  },
)

export const gaussianPowerForm: FormOf<typeof power> = {
  of: power,
  form: (out, x, factor, { rows, columns }) => ({
    fills: [
      {
        out,
        shape: [rows, columns / 2],
        reads: { x: { x, columns } },
        sizes: { n: columns / 2 },
        code: 'const logStd = x(row, n + col);',
        value: `Math.exp(${literal(factor)} * logStd)`,
      },
    ],
  }),
}

// μ + σ z, where entry j of row i takes draw i n + j of the key
const draw = operation(
  'gaussian.sample',
  (_, out: Out, z: Float64Array, x: In, std: In, key: Key, from: number, table: Table) => {
    const n = table.columns / 2
    fillNormal(z, { words: key.words }, from * n)
    for (let i = 0, at = 0; i < table.rows; i++)
      for (let j = 0; j < n; j++, at++) {
        const mean = at + i * n
        out[at] = x[mean]! + timesStd(z[at]!, x[mean + n]!, std[at]!)
      }
  },
)

const means = operation('gaussian.mode', (_, out: Out, x: In, { rows, columns }: Table) => {
  const n = columns / 2
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < n; j++, at++) out[at] = x[i * columns + j]!
})

const finite = (action: In, at: number, { batch, rows, columns }: Table): number => {
  const a = action[at]!
  if (Number.isFinite(a)) return a
  throw notFinite('action', [batch, 'action'], [rows, columns / 2], at, a)
}

/** log N(u; μ, σ) = −½ ((u − μ) / σ)² − log σ − ½ log 2π */
export const logNormal = (u: number, mean: number, logStd: number, perStd: number): number => {
  const z = overStd(u - mean, logStd, perStd)
  return -0.5 * z * z - logStd - HALF_LOG_TWO_PI
}

/** What the log-probability and its gradient read, on a GPU. */
const gaussianReads = (x: In, action: In, perStd: In, columns: number) => ({
  x: { x, columns },
  action: { x: action, columns: columns / 2 },
  perStd: { x: perStd, columns: columns / 2 },
})

const score = operation(
  'gaussian.logProb',
  (_, out: Out, x: In, action: In, perStd: In, table: Table) => {
    const n = table.columns / 2
    for (let i = 0, at = 0; i < table.rows; i++) {
      let total = 0
      for (let j = 0; j < n; j++, at++) {
        const mean = at + i * n
        total += logNormal(finite(action, at, table), x[mean]!, x[mean + n]!, perStd[at]!)
      }
      out[i] = total
    }
  },
)

export const gaussianLogProbForm: FormOf<typeof score> = {
  of: score,
  form: (out, x, action, perStd, { rows, columns }) => ({
    fills: [
      {
        out,
        shape: [rows],
        reads: gaussianReads(x, action, perStd, columns),
        sizes: { n: columns / 2 },
        code: `let sum = 0.0;
  for (let j = 0; j < n; j++) {
    const z = (action(i, j) - x(i, j)) * perStd(i, j);
    sum += -0.5 * z * z - x(i, n + j) - ${HALF_LOG_TWO_PI};
  }`,
        value: 'sum',
      },
    ],
  }),
}

// ∂/∂μ = z / σ and ∂/∂log σ = z² − 1, with z = (u − μ) / σ
const scoreGrad = operation(
  'gaussian.logProbGrad',
  (_, dx: Out, x: In, action: In, perStd: In, dLogProb: In, table: Table) => {
    const { rows, columns, round } = table
    const n = columns / 2
    for (let i = 0, at = 0; i < rows; i++) {
      const d = dLogProb[i]!
      for (let j = 0; j < n; j++, at++) {
        const mean = at + i * n
        const logStd = x[mean + n]!
        const per = perStd[at]!
        const z = overStd(finite(action, at, table) - x[mean]!, logStd, per)
        dx[mean] = round(overStd(z, logStd, per)) * d
        dx[mean + n] = round(z * z - 1) * d
      }
    }
  },
)

export const gaussianLogProbGradForm: FormOf<typeof scoreGrad> = {
  of: scoreGrad,
  form: (dx, x, action, perStd, dLogProb, { rows, columns }) => ({
    fills: [
      {
        out: dx,
        shape: [rows, columns],
        reads: { ...gaussianReads(x, action, perStd, columns), dLogProb },
        sizes: { n: columns / 2 },
        code: `let j = col;
  if (j >= n) j = j - n;
  const per = perStd(row, j);
  const z = (action(row, j) - x(row, j)) * per;
  let found = z * per;
  if (col >= n) found = z * z - 1;`,
        value: 'found * dLogProb(row)',
      },
    ],
  }),
}

// ½ log 2πe + log σ, summed over the entries
const measure = operation('gaussian.entropy', (_, out: Out, x: In, { rows, columns }: Table) => {
  for (let i = 0; i < rows; i++) {
    let total = 0
    for (let at = i * columns + columns / 2; at < (i + 1) * columns; at++)
      total += 0.5 + HALF_LOG_TWO_PI + x[at]!
    out[i] = total
  }
})

export const gaussianEntropyForm: FormOf<typeof measure> = {
  of: measure,
  form: (out, x, { rows, columns }) => ({
    fills: [
      {
        out,
        shape: [rows],
        reads: { x: { x, columns } },
        sizes: { n: columns / 2 },
        code: `let sum = 0.0;
  for (let j = 0; j < n; j++) sum += x(i, n + j) + ${0.5 + HALF_LOG_TWO_PI};`,
        value: 'sum',
      },
    ],
  }),
}

const measureGrad = operation(
  'gaussian.entropyGrad',
  (_, dx: Out, dEntropy: In, { rows, columns }: Table) => {
    const d = dEntropy[0]!
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0; j < columns; j++, at++) dx[at] = (2 * j < columns ? 0 : 1) * d
  },
)

export const gaussianEntropyGradForm: FormOf<typeof measureGrad> = {
  of: measureGrad,
  form: (dx, dEntropy, { rows, columns }) => ({
    fills: [
      {
        out: dx,
        shape: [rows, columns],
        reads: scalarReads(dEntropy),
        sizes: { n: columns / 2 },
        code: `let found = 0.0 * row;
  if (col >= n) found = ${scalarText(dEntropy)};`,
        value: 'found',
      },
    ],
  }),
}

// log σ_q − log σ_p + (σ_p² + (μ_p − μ_q)²) / 2σ_q² − ½, an entry, with the ratio of the variances as
// exp(−2d), d = log σ_q − log σ_p: equal members give exactly 0, whatever their σ.
const diverge = operation(
  'gaussian.kl',
  (_, out: Out, x: In, y: In, perStdOfQ: In, { rows, columns, round }: Table) => {
    const n = columns / 2
    for (let i = 0, at = 0; i < rows; i++) {
      let total = 0
      for (let j = 0; j < n; j++, at++) {
        const mean = at + i * n
        const logStd = mean + n
        const d = y[logStd]! - x[logStd]!
        const z = overStd(x[mean]! - y[mean]!, y[logStd]!, perStdOfQ[at]!)
        total += d + 0.5 * (f64.exp(-2 * d) - 1 + z * z)
      }
      // Rounding can put a sum of nearly equal terms just below 0.
      out[i] = Math.max(0, round(total))
    }
  },
)

// ∂/∂μ_q = (μ_q − μ_p) / σ_q² and ∂/∂log σ_q = 1 − (σ_p² + (μ_p − μ_q)²) / σ_q²
const divergeGrad = operation(
  'gaussian.klGrad',
  (_, dy: Out, x: In, y: In, perStdOfQ: In, dKl: In, { rows, columns, round }: Table) => {
    const n = columns / 2
    for (let i = 0, at = 0; i < rows; i++) {
      const d = dKl[i]!
      for (let j = 0; j < n; j++, at++) {
        const mean = at + i * n
        const logStd = mean + n
        const per = perStdOfQ[at]!
        const z = overStd(y[mean]! - x[mean]!, y[logStd]!, per)
        dy[mean] = round(overStd(z, y[logStd]!, per)) * d
        dy[logStd] = round(1 - f64.exp(2 * (x[logStd]! - y[logStd]!)) - z * z) * d
      }
    }
  },
)

// F = diag(1 / σ², 2): the derivative of klGrad at q = p.
const applyFisher = operation(
  'gaussian.fisher',
  (_, out: Out, x: In, perVariance: In, v: In, { rows, columns }: Table) => {
    const n = columns / 2
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0; j < n; j++, at++) {
        const mean = at + i * n
        out[mean] = overVariance(v[mean]!, x[mean + n]!, perVariance[at]!)
        out[mean + n] = 2 * v[mean + n]!
      }
  },
)

const actions = (params: number): number => {
  if (!(Number.isInteger(params / 2) && params >= 2))
    throw new RangeError(
      `params: expected an even number >= 2, a mean and a log standard deviation per entry, got ${params}`,
    )
  return params / 2
}

/** What the Gaussians over the same parameters share. */
export interface FittedGaussian<B extends string> extends Fitted<B, ['action']> {
  /** σ and 1 / σ, [B, action] in f64 */
  readonly std: () => In
  readonly perStd: () => In
  /** Fills out [B, action] with a draw, rounded where `out` is of f32. */
  readonly draw: (out: Out, key: Key, from: number) => void
  /** Numbers [B, action] as actions. */
  readonly actionOf: (numbers: Out) => Tensor<[B, 'action']>
}

const isGaussian = <B extends string>(q: Fitted<B, ['action']>): q is FittedGaussian<B> =>
  'perStd' in q

/** `diagonalGaussian.at` */
export const gaussianAt = <B extends string>(
  given: Param<B>,
  mask: Mask<B> | null = null,
  machine: Machine = machineFor(given),
): FittedGaussian<B> => {
  const [batch] = given.dims
  const [rows, columns] = given.shape
  const n = actions(columns)
  if (mask !== null) expectShape('mask', mask, [batch, 'choice'], [rows, 0])
  const param = inTypeOf(machine, given)
  const x = data(param)
  const { table, perRow, perParam, ofRows, ofParams, ofActions } = filling(machine, param)

  const powerOf = (factor: number): (() => In) =>
    once(() => {
      const out = machine.doubles(rows * n)
      machine.run(power, out, x, factor, table)
      return out
    })
  const [std, perStd, perVariance] = [powerOf(1), powerOf(-1), powerOf(-2)]
  const perStdOf = (q: Fitted<B, ['action']>): In =>
    (isGaussian(q) ? q : gaussianAt(q.param, null, machine)).perStd()
  const actionOf = (numbers: Out) => own<[B, 'action']>([batch, 'action'], [rows, n], numbers)
  const fill: FittedGaussian<B>['draw'] = (out, key, from) => {
    machine.run(draw, out, machine.doubles(rows * n), x, std(), key, from, table)
  }

  return {
    param,
    std,
    perStd,
    draw: fill,
    actionOf,

    sample: (key, from = 0) => {
      const out = machine.alloc(rows * n)
      fill(out, key, from)
      return actionOf(out)
    },

    mode: () => {
      const out = machine.alloc(rows * n)
      machine.run(means, out, x, table)
      return actionOf(out)
    },

    logProb: (action) => perRow(score, x, ofActions(action, n), perStd(), table),

    logProbGrad: (action, dLogProb) => {
      const a = ofActions(action, n)
      return perParam(scoreGrad, x, a, perStd(), ofRows('dLogProb', dLogProb), table)
    },

    entropy: () => perRow(measure, x, table),

    entropyGrad: (dEntropy) => perParam(measureGrad, scalarOf(dEntropy), table),

    kl: (q) => perRow(diverge, x, ofParams('q', q.param), perStdOf(q), table),

    klGrad: (q, dKl) => {
      const y = ofParams('q', q.param)
      return perParam(divergeGrad, x, y, perStdOf(q), ofRows('dKl', dKl), table)
    },

    fisher: (v) => perParam(applyFisher, x, perVariance(), ofParams('v', v), table),
  }
}

/**
 * Independent normal numbers. `param` [B, 2n] holds n means μ, then n log standard deviations log
 * σ. Actions [B, action] have the element type of the parameters. There is nothing to mask.
 * Williams 1992, "Simple statistical gradient-following algorithms for connectionist reinforcement
 * learning", has such units.
 */
export const diagonalGaussian: Distribution<['action']> = {
  actionDims: ['action'],

  actions,

  choices: (params) => {
    actions(params)
    return 0
  },

  at: gaussianAt,
}

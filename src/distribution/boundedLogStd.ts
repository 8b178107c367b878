import { literal, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { data, type Tensor } from '../tensor/tensor.ts'
import type { Distribution, Fitted, Mask, Param } from './distribution.ts'
import { filling, inTypeOf, machineFor, type In, type Out, type Table } from './rows.ts'

/** Bounds of log σ; null: unbounded. */
export interface LogStdBounds {
  readonly min: number | null
  readonly max: number | null
}

/** x [rows, 2n] with its log standard deviations clamped. */
const clamp = operation(
  'boundedLogStd.clamp',
  (_, out: Out, x: In, low: number, high: number, { rows, columns }: Table) => {
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0; j < columns; j++, at++)
        out[at] = 2 * j < columns ? x[at]! : Math.max(low, Math.min(x[at]!, high))
  },
)

export const boundedLogStdClampForm: FormOf<typeof clamp> = {
  of: clamp,
  form: (out, x, low, high, { rows, columns }) => ({
    fills: [
      {
        out,
        shape: [rows, columns],
        each: { x },
        sizes: { n: columns / 2 },
        code: `let found = x;
  if (col >= n) found = Math.max(${literal(low)}, Math.min(x, ${literal(high)}));`,
        value: 'found',
      },
    ],
  }),
}

/** The clamp's chain rule: v [rows, 2n] where x is not clamped, and 0 where it is. */
const pass = operation(
  'boundedLogStd.pass',
  (_, out: Out, v: In, x: In, low: number, high: number, { rows, columns }: Table) => {
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0; j < columns; j++, at++)
        out[at] = 2 * j >= columns && (x[at]! < low || x[at]! > high) ? 0 : v[at]!
  },
)

export const boundedLogStdPassForm: FormOf<typeof pass> = {
  of: pass,
  form: (out, v, x, low, high, { rows, columns }) => ({
    fills: [
      {
        out,
        shape: [rows, columns],
        each: { v, x },
        sizes: { n: columns / 2 },
        code: `let found = v;
  if (col >= n && (x < ${literal(low)} || x > ${literal(high)})) found = 0;`,
        value: 'found',
      },
    ],
  }),
}

/** What members know of each other. */
interface FittedBounded<B extends string> extends Fitted<B, ['action']> {
  /** the Gaussian whose log σ are clamped */
  readonly clamped: Fitted<B, ['action']>
}

const isBounded = <B extends string>(q: Fitted<B, ['action']>): q is FittedBounded<B> =>
  'clamped' in q

/**
 * A Gaussian with parameters [B, 2n], n means and n log standard deviations, that first clamps log
 * σ to the interval [min, max], as max(min, min(log σ, max)). Haarnoja et al. 2018,
 * arXiv:1801.01290, clamp to [−20, 2] in their code.
 *
 * The clamp has derivative 1 on [min, max], including the bounds, and 0 outside. So the gradient of
 * a log σ outside is 0, and only the optimiser's momentum can move it back.
 *
 * @param gaussian `diagonalGaussian` or `squashedGaussian`
 */
export const boundedLogStd = (
  gaussian: Distribution<['action']>,
  { min, max }: LogStdBounds,
): Distribution<['action']> => {
  const low = min ?? -Infinity
  const high = max ?? Infinity

  const at = <B extends string>(
    given: Param<B>,
    mask: Mask<B> | null = null,
    machine: Machine = machineFor(given),
  ): FittedBounded<B> => {
    gaussian.actions(given.shape[1])
    const param = inTypeOf(machine, given)
    const x = data(param)
    const { table, perParam, ofParams } = filling(machine, param)
    const clamped = gaussian.at(perParam(clamp, x, low, high, table), mask, machine)

    const through = (v: Tensor, raw: In): Param<B> => perParam(pass, data(v), raw, low, high, table)
    const inner = (q: Fitted<B, ['action']>): Fitted<B, ['action']> =>
      (isBounded(q) ? q : at(q.param, null, machine)).clamped

    return {
      ...clamped,
      param,
      clamped,

      logProbGrad: (action, dLogProb) => through(clamped.logProbGrad(action, dLogProb), x),

      entropyGrad: (dEntropy) => through(clamped.entropyGrad(dEntropy), x),

      kl: (q) => clamped.kl(inner(q)),

      klGrad: (q, dKl) => through(clamped.klGrad(inner(q), dKl), data(q.param)),

      // JᵀFJ, with the clamp's derivative J
      fisher: (v) => {
        ofParams('v', v)
        return through(clamped.fisher(through(v, x)), x)
      },
    }
  }

  return { ...gaussian, at }
}

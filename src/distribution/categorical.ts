import { CLOSED, each, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { pick } from '../random/categorical.ts'
import type { Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import { expectCount } from '../tensor/argument.ts'
import { expectShape } from '../tensor/check.ts'
import { data, own } from '../tensor/tensor.ts'
import type { Distribution, Fitted, Mask, Param } from './distribution.ts'
import { badLogits, masked } from './logits.ts'
import { LEAST } from './scalars.ts'
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

// In a wide row half the choices may be closed at random, where a branch costs more than all other
// work on a choice. So there is none in these loops: log p of closed choices is not −∞ but about
// LEAST, with p = 0, so that p log p is 0 and not NaN. Logits tell which choices are closed.

const expectOpen = operation(
  'categorical.expectOpen',
  (_, x: In, { batch, rows, columns }: Table) => {
    for (let i = 0; i < rows; i++) {
      let j = 0
      while (j < columns && x[i * columns + j] === -Infinity) j++
      if (j === columns)
        throw new RangeError(
          `mask[${batch}=${i}]: expected an allowed choice among ${columns}, got none`,
        )
    }
  },
)

export const categoricalExpectOpenForm: FormOf<typeof expectOpen> = {
  of: expectOpen,
  // Masks were checked when the policy acted.
  form: (_x, _table) => ({ fills: [] }),
}

const USABLE = 'a finite logit and no NaN'

const draw = operation(
  'categorical.sample',
  (_, out: Int32Array, p: In, x: In, key: Key, from: number, table: Table) => {
    const { rows, columns } = table
    const now: Key = { words: key.words }
    for (let i = 0; i < rows; i++) {
      const first = i * columns
      const picked = pick(p, first, columns, uniformAt(now, from + i))
      if (picked < 0 || x[first + picked] === -Infinity) throw badLogits(table, i, x, USABLE)
      out[i] = picked
    }
  },
)

const greatest = operation('categorical.mode', (_, out: Int32Array, x: In, table: Table) => {
  const { rows, columns } = table
  for (let i = 0; i < rows; i++) {
    let max = -Infinity
    for (let j = 0; j < columns; j++) {
      const xj = x[i * columns + j]!
      if (xj > max) out[i] = j
      max = Math.max(max, xj)
    }
    // What `sample` refuses: one NaN or +∞ makes every probability NaN.
    if (!Number.isFinite(max)) throw badLogits(table, i, x, USABLE)
  }
})

const isCategory = (a: number, columns: number): boolean =>
  a >= 0 && a < columns && Math.trunc(a) === a

const noCategory = ({ batch, columns }: Table, i: number, got: number): RangeError =>
  new RangeError(
    `action[${batch}=${i}]: expected a whole number from 0 to ${columns - 1}, got ${got}`,
  )

const score = operation(
  'categorical.logProb',
  (_, out: Out, logP: In, x: In, action: In, table: Table) => {
    const { rows, columns } = table
    for (let i = 0; i < rows; i++) {
      const a = action[i]!
      if (!isCategory(a, columns)) throw noCategory(table, i, a)
      const taken = i * columns + a
      out[i] = x[taken] === -Infinity ? -Infinity : logP[taken]!
    }
  },
)

export const categoricalLogProbForm: FormOf<typeof score> = {
  of: score,
  form: (out, logP, _x, action, { rows, columns }) => ({
    fills: [
      {
        out,
        shape: [rows],
        reads: { logP: { x: logP, columns }, action },
        code: 'const taken = action(i);',
        value: 'logP(i, taken)',
      },
    ],
  }),
}

// ∂ log p_a / ∂xⱼ = 1[j = a] − pⱼ; a closed choice does not move, even where it is asked for.
const scoreGrad = operation(
  'categorical.logProbGrad',
  (_, dx: Out, p: In, x: In, action: In, dLogProb: In, table: Table) => {
    const { rows, columns, round } = table
    for (let i = 0, at = 0; i < rows; i++) {
      const a = action[i]!
      if (!isCategory(a, columns)) throw noCategory(table, i, a)
      const d = dLogProb[i]!
      const taken = at + a
      for (const end = at + columns; at < end; at++) dx[at] = (0 - p[at]!) * d
      dx[taken] = (x[taken] === -Infinity ? 0 : round(1 - p[taken]!)) * d
    }
  },
)

export const categoricalLogProbGradForm: FormOf<typeof scoreGrad> = {
  of: scoreGrad,
  form: (dx, p, x, action, dLogProb, { rows, columns }) => ({
    fills: [
      {
        out: dx,
        shape: [rows, columns],
        reads: { action, dLogProb },
        each: { p, x },
        code: `let taken = 0.0;
  if (Math.abs(action(row) - col) < 0.5 && x > ${CLOSED / 2}) taken = 1;`,
        value: '(taken - p) * dLogProb(row)',
      },
    ],
  }),
}

const measure = operation(
  'categorical.entropy',
  (_, out: Out, h: Float64Array, logP: In, p: In, { rows, columns }: Table) => {
    for (let i = 0, at = 0; i < rows; i++) {
      let sum = 0
      for (const end = at + columns; at < end; at++) sum -= p[at]! * logP[at]!
      h[i] = sum
      out[i] = sum
    }
  },
)

export const categoricalEntropyForm: FormOf<typeof measure> = {
  of: measure,
  form: (out, h, logP, p, { rows, columns }) => ({
    fills: [
      {
        out: h,
        shape: [rows],
        reads: { logP: { x: logP, columns }, p: { x: p, columns } },
        sizes: { columns },
        code: `let sum = 0.0;
  for (let j = 0; j < columns; j++) sum -= p(i, j) * logP(i, j);`,
        value: 'sum',
      },
      each(out, { h }, 'h'),
    ],
  }),
}

// H = −Σ pᵢ log pᵢ and ∂pᵢ/∂xⱼ = pᵢ (1[i = j] − pⱼ), so
// ∂H/∂xⱼ = −Σᵢ (log pᵢ + 1) pᵢ (1[i = j] − pⱼ) = −pⱼ (log pⱼ + H); the ones cancel.
const measureGrad = operation(
  'categorical.entropyGrad',
  (_, dx: Out, h: In, logP: In, p: In, dEntropy: In, { rows, columns, round }: Table) => {
    const d = dEntropy[0]!
    for (let i = 0, at = 0; i < rows; i++) {
      const hi = h[i]!
      for (const end = at + columns; at < end; at++) dx[at] = round(-p[at]! * (logP[at]! + hi)) * d
    }
  },
)

export const categoricalEntropyGradForm: FormOf<typeof measureGrad> = {
  of: measureGrad,
  form: (dx, h, logP, p, dEntropy, { rows, columns }) => ({
    fills: [
      {
        out: dx,
        shape: [rows, columns],
        reads: { h, ...scalarReads(dEntropy) },
        each: { logP, p },
        value: `-p * (logP + h(row)) * ${scalarText(dEntropy)}`,
      },
    ],
  }),
}

const diverge = operation(
  'categorical.kl',
  (_, out: Out, logP: In, p: In, logQ: In, y: In, { rows, columns }: Table) => {
    for (let i = 0, at = 0; i < rows; i++) {
      let sum = 0
      let impossible = 0
      for (const end = at + columns; at < end; at++) {
        sum += p[at]! * (logP[at]! - logQ[at]!)
        impossible += p[at]! * +(y[at] === -Infinity)
      }
      // Rounding can put a sum of nearly equal terms just below 0.
      out[i] = impossible > 0 ? Infinity : Math.max(0, sum)
    }
  },
)

// KL = const − Σ pᵢ log qᵢ and ∂ log qᵢ/∂yⱼ = 1[i = j] − qⱼ, so ∂KL/∂yⱼ = qⱼ − pⱼ.
const divergeGrad = operation(
  'categorical.klGrad',
  (_, dy: Out, p: In, q: In, y: In, dKl: In, { rows, columns, round }: Table) => {
    for (let i = 0, at = 0; i < rows; i++) {
      const d = dKl[i]!
      for (const end = at + columns; at < end; at++)
        dy[at] = round((q[at]! - p[at]!) * +(y[at] !== -Infinity) + 0) * d
    }
  },
)

// klGrad is qⱼ − pⱼ, whose derivative in y is that of q: F = diag(p) − p pᵀ, so
// (F v)ⱼ = pⱼ (vⱼ − Σᵢ pᵢ vᵢ).
const applyFisher = operation(
  'categorical.fisher',
  (_, out: Out, p: In, v: In, { rows, columns }: Table) => {
    for (let i = 0; i < rows; i++) {
      let mean = 0
      for (let at = i * columns; at < (i + 1) * columns; at++) mean += p[at]! * v[at]!
      // + 0 makes −0 of a closed choice 0.
      for (let at = i * columns; at < (i + 1) * columns; at++)
        out[at] = p[at]! * (v[at]! - mean) + 0
    }
  },
)

/** What members of this family know of each other. */
export interface FittedCategorical<B extends string> extends Fitted<B, []> {
  readonly logP: () => In
  readonly p: () => In
}

export const isCategorical = <B extends string>(
  q: Pick<Fitted<B>, 'param'>,
): q is FittedCategorical<B> => 'logP' in q && 'p' in q

const at = <B extends string>(
  given: Param<B>,
  mask: Mask<B> | null = null,
  machine: Machine = machineFor(given),
): FittedCategorical<B> => {
  const typed = inTypeOf(machine, given)
  const param = mask === null ? typed : masked(machine, typed, mask)
  const x = data(param)
  const { table, perRow, perParam, ofRows, ofParams } = filling(machine, param)
  const { rows, columns } = table
  if (mask !== null) machine.run(expectOpen, x, table)

  const logP = once(() => {
    const out = machine.alloc(x.length)
    machine.vector.atLeast(out, x, LEAST)
    machine.softmax.logSoftmax(out, out, rows, columns)
    return out
  })
  const p = once(() => {
    const out = machine.alloc(x.length)
    machine.vector.exp(out, logP())
    return out
  })
  const entropy = once(() => {
    const h = machine.doubles(rows)
    return { h, ofRows: perRow(measure, h, logP(), p(), table) }
  })
  const chosen = (choice: Int32Array) => own<[B]>([given.dims[0]], [rows], choice)
  const member = (q: Fitted<B, []>): FittedCategorical<B> => {
    expectShape('q', q.param, param.dims, param.shape)
    return isCategorical(q) ? q : at(q.param, null, machine)
  }

  return {
    param,
    logP,
    p,

    sample: (key, from = 0) => {
      const out = machine.integers(rows)
      machine.run(draw, out, p(), x, key, from, table)
      return chosen(out)
    },

    mode: () => {
      const out = machine.integers(rows)
      machine.run(greatest, out, x, table)
      return chosen(out)
    },

    logProb: (action) => perRow(score, logP(), x, ofRows('action', action), table),

    logProbGrad: (action, dLogProb) =>
      perParam(scoreGrad, p(), x, ofRows('action', action), ofRows('dLogProb', dLogProb), table),

    entropy: () => entropy().ofRows,

    entropyGrad: (dEntropy) =>
      perParam(measureGrad, entropy().h, logP(), p(), scalarOf(dEntropy), table),

    kl: (q) => {
      const other = member(q)
      return perRow(diverge, logP(), p(), other.logP(), data(other.param), table)
    },

    klGrad: (q, dKl) => {
      const other = member(q)
      return perParam(divergeGrad, p(), other.p(), data(other.param), ofRows('dKl', dKl), table)
    },

    fisher: (v) => perParam(applyFisher, p(), ofParams('v', v), table),
  }
}

/**
 * One of n categories with probability softmax(logits). `param` [B, n] holds the logits, and actions
 * are i32 [B]. Adding a constant to a row of logits changes nothing. A logit of −∞ is a masked choice:
 * every gradient there is 0. Bridle 1990, "Probabilistic interpretation of feedforward classification
 * network outputs".
 */
export const categorical: Distribution<[]> = {
  actionDims: [],

  actions: (params) => {
    expectCount('params', params)
    return 1
  },

  choices: (params) => expectCount('params', params),

  at,
}

import { operation, type Machine } from '../kernel/machine.ts'
import { f64 } from '../math/real.ts'
import type { Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import { expectCount } from '../tensor/argument.ts'
import { data, own } from '../tensor/tensor.ts'
import type { Distribution, Fitted, Mask, Param } from './distribution.ts'
import { badLogits, masked } from './logits.ts'
import { sigmoid } from './scalars.ts'
import {
  badAction,
  filling,
  inTypeOf,
  machineFor,
  once,
  scalarOf,
  type In,
  type Out,
  type Table,
} from './rows.ts'

// Every form takes exp of a number <= 0 alone, e = e^−|x|, so that no logit x overflows, −∞ included;
// l = log(1 + e).

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|) */
const softplus = (x: number, l: number): number => Math.max(x, 0) + l

/** σ(x) σ(−x), the variance of a bit */
const variance = (e: number): number => e / ((1 + e) * (1 + e))

/** −p log p − (1 − p) log(1 − p) = log(1 + e⁻ᵗ) + t σ(−t) with t = |x|: a bit and its opposite. */
const entropyOf = (x: number, e: number, l: number): number =>
  e > 0 ? l + (Math.abs(x) * e) / (1 + e) : 0

/** p (log p − log q) with p = σ(x) and q = σ(y); where p is 0, it is 0. */
const klTerm = (x: number, e: number, l: number, y: number, lOfY: number): number => {
  const p = sigmoid(x, e)
  return p > 0 ? p * (softplus(-y, lOfY) - softplus(-x, l)) : 0
}

const expOfMinusAbs = operation('bernoulli.expOfMinusAbs', (_, e: Float64Array, x: In) => {
  for (let at = 0; at < e.length; at++) e[at] = f64.exp(-Math.abs(x[at]!))
})

const logOfOnePlus = operation('bernoulli.logOfOnePlus', (_, l: Float64Array, e: In) => {
  for (let at = 0; at < l.length; at++) l[at] = f64.log1p(e[at]!)
})

// NaN would pass for a bit that is 0.
const usable = (x: In, at: number, table: Table): number => {
  const logit = x[at]!
  if (Number.isNaN(logit)) throw badLogits(table, Math.floor(at / table.columns), x, 'no NaN')
  return logit
}

// Bit j of row i takes draw i n + j of the key.
const draw = operation(
  'bernoulli.sample',
  (_, out: Int32Array, x: In, e: In, key: Key, from: number, table: Table) => {
    const now: Key = { words: key.words }
    const first = from * table.columns
    for (let at = 0; at < out.length; at++) {
      const logit = usable(x, at, table)
      out[at] = uniformAt(now, first + at) < sigmoid(logit, e[at]!) ? 1 : 0
    }
  },
)

const likelier = operation('bernoulli.mode', (_, out: Int32Array, x: In, table: Table) => {
  for (let at = 0; at < out.length; at++) out[at] = usable(x, at, table) > 0 ? 1 : 0
})

const isOne = (action: In, at: number, { batch, columns }: Table): boolean => {
  const a = action[at]!
  if (a !== 0 && a !== 1) throw badAction(batch, columns, at, '0 or 1', a)
  return a === 1
}

// log σ(x) = −softplus(−x) and log(1 − σ(x)) = −softplus(x); 0 − 0 is 0, and −0 is not.
const score = operation(
  'bernoulli.logProb',
  (_, out: Out, x: In, l: In, action: In, table: Table) => {
    for (let i = 0, at = 0; i < table.rows; i++) {
      let total = 0
      for (const end = at + table.columns; at < end; at++)
        total += 0 - softplus(isOne(action, at, table) ? -x[at]! : x[at]!, l[at]!)
      out[i] = total
    }
  },
)

// ∂ log p(1)/∂x = 1 − σ(x) = σ(−x) and ∂ log p(0)/∂x = −σ(x)
const scoreGrad = operation(
  'bernoulli.logProbGrad',
  (_, dx: Out, x: In, e: In, action: In, dLogProb: In, table: Table) => {
    const { rows, columns, round } = table
    for (let i = 0, at = 0; i < rows; i++) {
      const d = dLogProb[i]!
      for (const end = at + columns; at < end; at++) {
        const logit = x[at]!
        const slope = isOne(action, at, table)
          ? sigmoid(-logit, e[at]!)
          : 0 - sigmoid(logit, e[at]!)
        dx[at] = (logit === -Infinity ? 0 : round(slope)) * d
      }
    }
  },
)

const measure = operation(
  'bernoulli.entropy',
  (_, out: Out, x: In, e: In, l: In, { rows, columns }: Table) => {
    for (let i = 0, at = 0; i < rows; i++) {
      let total = 0
      for (const end = at + columns; at < end; at++) total += entropyOf(x[at]!, e[at]!, l[at]!)
      out[i] = total
    }
  },
)

// H = −p log p − (1 − p) log(1 − p), so dH/dp = log(1 − p) − log p = −x, and dp/dx = p (1 − p).
const measureGrad = operation(
  'bernoulli.entropyGrad',
  (_, dx: Out, x: In, e: In, dEntropy: In, { round }: Table) => {
    const d = dEntropy[0]!
    for (let at = 0; at < dx.length; at++) {
      const v = variance(e[at]!)
      dx[at] = (v > 0 ? round(-x[at]! * v) : 0) * d
    }
  },
)

const diverge = operation(
  'bernoulli.kl',
  (_, out: Out, x: In, e: In, l: In, y: In, lOfY: In, { rows, columns }: Table) => {
    for (let i = 0, at = 0; i < rows; i++) {
      let total = 0
      for (const end = at + columns; at < end; at++)
        total +=
          klTerm(x[at]!, e[at]!, l[at]!, y[at]!, lOfY[at]!) +
          klTerm(-x[at]!, e[at]!, l[at]!, -y[at]!, lOfY[at]!)
      // Rounding can put a sum of nearly equal terms just below 0.
      out[i] = Math.max(0, total)
    }
  },
)

// KL = const − p log σ(y) − (1 − p) log σ(−y), so ∂KL/∂y = −p σ(−y) + (1 − p) σ(y) = σ(y) − p.
const divergeGrad = operation(
  'bernoulli.klGrad',
  (_, dy: Out, x: In, e: In, y: In, eOfY: In, dKl: In, { rows, columns, round }: Table) => {
    for (let i = 0, at = 0; i < rows; i++) {
      const d = dKl[i]!
      for (const end = at + columns; at < end; at++) {
        const slope = sigmoid(y[at]!, eOfY[at]!) - sigmoid(x[at]!, e[at]!)
        dy[at] = (y[at] === -Infinity ? 0 : round(slope)) * d
      }
    }
  },
)

// F = diag(σ(x) σ(−x)), the derivative of klGrad in y at y = x.
const applyFisher = operation('bernoulli.fisher', (_, out: Out, e: In, v: In) => {
  for (let at = 0; at < out.length; at++) {
    const s = variance(e[at]!)
    out[at] = s > 0 ? s * v[at]! : 0
  }
})

/** What members of this family know of each other. */
interface FittedBernoulli<B extends string> extends Fitted<B, ['action']> {
  readonly expOfMinusAbs: () => In
  readonly logOfOnePlus: () => In
}

const isBernoulli = <B extends string>(q: Fitted<B, ['action']>): q is FittedBernoulli<B> =>
  'expOfMinusAbs' in q && 'logOfOnePlus' in q

const at = <B extends string>(
  given: Param<B>,
  mask: Mask<B> | null = null,
  machine: Machine = machineFor(given),
): FittedBernoulli<B> => {
  const typed = inTypeOf(machine, given)
  // With every choice closed there is still one action: no bit.
  const param = mask === null ? typed : masked(machine, typed, mask)
  const x = data(param)
  const { table, perRow, perParam, ofRows, ofParams, ofActions } = filling(machine, param)
  const { rows, columns } = table

  const e = once(() => {
    const out = machine.doubles(x.length)
    machine.run(expOfMinusAbs, out, x)
    return out
  })
  const l = once(() => {
    const out = machine.doubles(x.length)
    machine.run(logOfOnePlus, out, e())
    return out
  })
  const actionOf = (bits: Int32Array) =>
    own<[B, 'action']>([given.dims[0], 'action'], [rows, columns], bits)
  const member = (q: Fitted<B, ['action']>): FittedBernoulli<B> =>
    isBernoulli(q) ? q : at(q.param, null, machine)

  return {
    param,
    expOfMinusAbs: e,
    logOfOnePlus: l,

    sample: (key, from = 0) => {
      const out = machine.integers(x.length)
      machine.run(draw, out, x, e(), key, from, table)
      return actionOf(out)
    },

    mode: () => {
      const out = machine.integers(x.length)
      machine.run(likelier, out, x, table)
      return actionOf(out)
    },

    logProb: (action) => perRow(score, x, l(), ofActions(action, columns), table),

    logProbGrad: (action, dLogProb) => {
      const a = ofActions(action, columns)
      return perParam(scoreGrad, x, e(), a, ofRows('dLogProb', dLogProb), table)
    },

    entropy: () => perRow(measure, x, e(), l(), table),

    entropyGrad: (dEntropy) => perParam(measureGrad, x, e(), scalarOf(dEntropy), table),

    kl: (q) => {
      const y = ofParams('q', q.param)
      return perRow(diverge, x, e(), l(), y, member(q).logOfOnePlus(), table)
    },

    klGrad: (q, dKl) => {
      const y = ofParams('q', q.param)
      const eOfY = member(q).expOfMinusAbs()
      return perParam(divergeGrad, x, e(), y, eOfY, ofRows('dKl', dKl), table)
    },

    fisher: (v) => perParam(applyFisher, e(), ofParams('v', v)),
  }
}

/**
 * Independent bits, each 1 with probability σ(x) = 1 / (1 + e⁻ˣ). `param` [B, n] holds the logits
 * x. Actions are i32 [B, action], 0 or 1. A logit of −∞ is a masked choice: its bit is 0, and every
 * gradient there is 0. Williams 1992, "Simple statistical gradient-following algorithms for
 * connectionist reinforcement learning", has such units, as Bernoulli-logistic.
 */
export const bernoulli: Distribution<['action']> = {
  actionDims: ['action'],

  actions: (params) => expectCount('params', params),

  choices: (params) => expectCount('params', params),

  at,
}

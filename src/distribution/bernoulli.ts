import { f64 } from '../math/real.ts'
import { uniforms53 } from '../random/uniform.ts'
import { expectCount } from '../tensor/argument.ts'
import { expectShape } from '../tensor/check.ts'
import { data, own, size, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import type { Distribution, Param } from './distribution.ts'
import { actionRows, badAction, badLogits, eachParam, eachRow, openChoices } from './rows.ts'

// Every form takes exp of a number <= 0 alone, so that no logit overflows, −∞ included.
/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|) */
const softplus = (x: number): number => Math.max(x, 0) + f64.log1p(f64.exp(-Math.abs(x)))

/** 1 / (1 + e⁻ˣ) */
const sigmoid = (x: number): number => {
  const e = f64.exp(-Math.abs(x))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}

/** σ(x) σ(−x), the variance of a bit */
const variance = (x: number): number => {
  const e = f64.exp(-Math.abs(x))
  return e / ((1 + e) * (1 + e))
}

/** −p log p − (1 − p) log(1 − p) = log(1 + e⁻ᵗ) + t σ(−t) with t = |x|: a bit and its opposite. */
const entropyOf = (x: number): number => {
  const t = Math.abs(x)
  const e = f64.exp(-t)
  return e > 0 ? f64.log1p(e) + (t * e) / (1 + e) : 0
}

/** p (log p − log q) with p = σ(x) and q = σ(y); where p is 0, it is 0. */
const klTerm = (x: number, y: number): number => {
  const p = sigmoid(x)
  return p > 0 ? p * (softplus(-y) - softplus(-x)) : 0
}

const checkedBits = (param: Param<string>, action: Tensor): ReadonlyNumbers => {
  const columns = param.shape[1]
  const a = actionRows(action, param, columns)
  for (let at = 0; at < a.length; at++)
    if (a[at] !== 0 && a[at] !== 1) throw badAction(param, columns, at, '0 or 1', a[at]!)
  return a
}

/** Σ of f over the places of a row, in rising order */
const sumRows = <B extends string>(param: Param<B>, f: (at: number) => number): Tensor<[B]> => {
  const columns = param.shape[1]
  return eachRow(param, (i) => {
    let total = 0
    for (let at = i * columns; at < (i + 1) * columns; at++) total += f(at)
    return total
  })
}

/** Bits i32 [B, action], by their logits and places. NaN would pass for a bit that is 0. */
const bits = <B extends string>(
  param: Param<B>,
  isOne: (logit: number, at: number) => boolean,
): Tensor<[B, 'action']> => {
  const [rows, columns] = param.shape
  const x = data(param)
  const out = new Int32Array(rows * columns)
  for (let at = 0; at < out.length; at++) {
    if (Number.isNaN(x[at])) throw badLogits(param, Math.floor(at / columns), 'no NaN')
    out[at] = isOne(x[at]!, at) ? 1 : 0
  }
  return own<[B, 'action']>([param.dims[0], 'action'], [rows, columns], out)
}

/**
 * n bits, each 1 with probability σ(x) = 1 / (1 + e⁻ˣ) whatever the others are; `param` [B, n]
 * holds the logits x. Actions are i32 [B, action], 0 or 1. A logit of −∞ is a closed choice: its
 * bit is 0, and every gradient is 0 there.
 */
export const bernoulli: Distribution<['action']> = {
  actionDims: ['action'],

  actions: (params) => expectCount('params', params),

  choices: (params) => expectCount('params', params),

  // Bit j of row i takes draw i n + j of the key.
  sample: (key, param) => {
    const u = uniforms53(key, size(param))
    return bits(param, (x, at) => u[at]! < sigmoid(x))
  },

  mode: (param) => bits(param, (x) => x > 0),

  // log σ(x) = −softplus(−x) and log(1 − σ(x)) = −softplus(x); 0 − 0 is 0, and −0 is not.
  logProb: (param, action) => {
    const a = checkedBits(param, action)
    const x = data(param)
    return sumRows(param, (at) => 0 - softplus(a[at] === 1 ? -x[at]! : x[at]!))
  },

  // ∂ log p(1)/∂x = 1 − σ(x) = σ(−x) and ∂ log p(0)/∂x = −σ(x)
  logProbGrad: (param, action) => {
    const a = checkedBits(param, action)
    const x = data(param)
    return eachParam(param, (at) => {
      if (x[at] === -Infinity) return 0
      return a[at] === 1 ? sigmoid(-x[at]!) : 0 - sigmoid(x[at]!)
    })
  },

  entropy: (param) => {
    const x = data(param)
    return sumRows(param, (at) => entropyOf(x[at]!))
  },

  // H = −p log p − (1 − p) log(1 − p), so dH/dp = log(1 − p) − log p = −x, and dp/dx = p (1 − p).
  entropyGrad: (param) => {
    const x = data(param)
    return eachParam(param, (at) => {
      const v = variance(x[at]!)
      return v > 0 ? -x[at]! * v : 0
    })
  },

  kl: (p, q) => {
    const y = data(expectShape('q', q, p.dims, p.shape))
    const x = data(p)
    const all = sumRows(p, (at) => klTerm(x[at]!, y[at]!) + klTerm(-x[at]!, -y[at]!))
    // Rounding can put a sum of nearly equal terms just below 0.
    const values = data(all)
    return eachRow(p, (i) => Math.max(0, values[i]!))
  },

  // KL = const − p log σ(y) − (1 − p) log σ(−y), so ∂KL/∂y = −p σ(−y) + (1 − p) σ(y) = σ(y) − p.
  klGrad: (p, q) => {
    const y = data(expectShape('q', q, p.dims, p.shape))
    const x = data(p)
    return eachParam(q, (at) => (y[at] === -Infinity ? 0 : sigmoid(y[at]!) - sigmoid(x[at]!)))
  },

  // F = diag(σ(x) σ(−x)), the derivative of klGrad in y at y = x.
  fisher: (param, v) => {
    const direction = data(expectShape('v', v, param.dims, param.shape))
    const x = data(param)
    return eachParam(param, (at) => {
      const s = variance(x[at]!)
      return s > 0 ? s * direction[at]! : 0
    })
  },

  // With every choice closed there is still one action: no bit.
  mask: (param, open) => {
    const isOpen = openChoices(open, param, param.shape[1])
    const x = data(param)
    return eachParam(param, (at) => (isOpen[at] === 0 ? -Infinity : x[at]!))
  },
}

import { js } from '../kernel/js/js.ts'
import * as random from '../random/index.ts'
import { expectCount } from '../tensor/argument.ts'
import { expectShape } from '../tensor/check.ts'
import { promote } from '../tensor/elementwise.ts'
import {
  allocate,
  cast,
  data,
  own,
  ownLike,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { Distribution, Param } from './distribution.ts'
import { badLogits, eachParam, eachRow, openChoices } from './rows.ts'

interface Probabilities {
  readonly dtype: 'f32' | 'f64'
  readonly rows: number
  readonly columns: number
  /** log pⱼ = xⱼ − log Σ exp x, row by row */
  readonly logP: ReadonlyNumbers
  readonly p: ReadonlyNumbers
}

const compute = (logits: Tensor): Probabilities => {
  const dtype = promote(logits)
  const [rows = 0, columns = 0] = logits.shape
  const logP = allocate(dtype, rows * columns) as Floats
  js[dtype].softmax.logSoftmax(logP, data(cast(logits, dtype)), rows, columns)
  const p = allocate(dtype, logP.length) as Floats
  js[dtype].vector.exp(p, logP)
  return { dtype, rows, columns, logP, p }
}

// A learning step asks for log-probability, entropy and both gradients of the same logits, one
// after the other. A tensor never changes, so the last answer stays right.
let last: { readonly logits: Tensor; readonly answer: Probabilities } | null = null

const probabilities = (logits: Tensor): Probabilities => {
  if (last?.logits !== logits) last = { logits, answer: compute(logits) }
  return last.answer
}

// −Σ p log p of row i; where p has underflowed to 0, p log p is 0.
const entropyOf = ({ columns, logP, p }: Probabilities, i: number): number => {
  let h = 0
  for (let j = i * columns; j < (i + 1) * columns; j++) if (p[j]! > 0) h -= p[j]! * logP[j]!
  return h
}

const checkedActions = (action: Tensor, { dims, shape: [rows, columns] }: Param<string>) => {
  const a = data(expectShape('action', action, [dims[0]], [rows]))
  for (let i = 0; i < rows; i++)
    if (!(a[i]! >= 0 && a[i]! < columns && Number.isInteger(a[i]!)))
      throw new RangeError(
        `action[${dims[0]}=${i}]: expected a whole number from 0 to ${columns - 1}, got ${a[i]}`,
      )
  return a
}

/**
 * One of n categories with probability softmax(logits); `param` [B, n] holds the logits.
 * Actions are i32 [B]. Adding a constant to a row of logits changes nothing. A logit of −∞ is a
 * closed choice: every gradient is 0 there.
 */
export const categorical: Distribution<[]> = {
  actionDims: [],

  actions: (params) => {
    expectCount('params', params)
    return 1
  },

  choices: (params) => expectCount('params', params),

  sample: (key, logits) => random.categorical(key, logits),

  mode: (logits) => {
    const [rows, columns] = logits.shape
    const x = data(logits)
    const out = new Int32Array(rows)
    for (let i = 0; i < rows; i++) {
      let max = -Infinity
      for (let j = 0; j < columns; j++) {
        const xj = x[i * columns + j]!
        if (xj > max) out[i] = j
        max = Math.max(max, xj)
      }
      // What `sample` refuses: one NaN or +∞ makes every probability NaN.
      if (!Number.isFinite(max)) throw badLogits(logits, i, 'a finite logit and no NaN')
    }
    return own([logits.dims[0]], [rows], out)
  },

  logProb: (logits, action) => {
    const a = checkedActions(action, logits)
    const all = probabilities(logits)
    return eachRow(logits, (i) => all.logP[i * all.columns + a[i]!]!)
  },

  // ∂ log p_a / ∂xⱼ = 1[j = a] − pⱼ; a closed choice does not move, even where it is asked for.
  logProbGrad: (logits, action) => {
    const a = checkedActions(action, logits)
    const { dtype, rows, columns, logP, p } = probabilities(logits)
    const out = allocate(dtype, rows * columns)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const at = i * columns + j
        out[at] = logP[at] === -Infinity ? 0 : (j === a[i] ? 1 : 0) - p[at]!
      }
    return ownLike(logits, out)
  },

  entropy: (logits) => {
    const all = probabilities(logits)
    return eachRow(logits, (i) => entropyOf(all, i))
  },

  // H = −Σ pᵢ log pᵢ and ∂pᵢ/∂xⱼ = pᵢ (1[i = j] − pⱼ), so
  // ∂H/∂xⱼ = −Σᵢ (log pᵢ + 1) pᵢ (1[i = j] − pⱼ) = −pⱼ (log pⱼ + H); the ones cancel.
  entropyGrad: (logits) => {
    const all = probabilities(logits)
    const { dtype, rows, columns, logP, p } = all
    const out = allocate(dtype, rows * columns)
    for (let i = 0; i < rows; i++) {
      const h = entropyOf(all, i)
      for (let j = i * columns; j < (i + 1) * columns; j++)
        out[j] = p[j]! > 0 ? -p[j]! * (logP[j]! + h) : 0
    }
    return ownLike(logits, out)
  },

  kl: (p, q) => {
    expectShape('q', q, p.dims, p.shape)
    const [left, right] = [probabilities(p), probabilities(q)]
    return eachRow(p, (i) => {
      let kl = 0
      for (let j = i * left.columns; j < (i + 1) * left.columns; j++) {
        const pj = left.p[j]!
        if (pj > 0) kl += pj * (left.logP[j]! - right.logP[j]!)
      }
      // Rounding can put a sum of nearly equal terms just below 0.
      return Math.max(0, kl)
    })
  },

  // KL = const − Σ pᵢ log qᵢ and ∂ log qᵢ/∂yⱼ = 1[i = j] − qⱼ, so ∂KL/∂yⱼ = qⱼ − pⱼ.
  klGrad: (p, q) => {
    expectShape('q', q, p.dims, p.shape)
    const [left, right] = [probabilities(p), probabilities(q)]
    const out = allocate(right.dtype, right.p.length)
    for (let j = 0; j < out.length; j++)
      out[j] = right.logP[j] === -Infinity ? 0 : right.p[j]! - left.p[j]!
    return ownLike(q, out)
  },

  // klGrad is qⱼ − pⱼ, whose derivative in y is that of q: F = diag(p) − p pᵀ, so
  // (F v)ⱼ = pⱼ (vⱼ − Σᵢ pᵢ vᵢ).
  fisher: (logits, v) => {
    const direction = data(expectShape('v', v, logits.dims, logits.shape))
    const { dtype, rows, columns, p } = probabilities(logits)
    const out = allocate(dtype, rows * columns)
    for (let i = 0; i < rows; i++) {
      let mean = 0
      for (let j = i * columns; j < (i + 1) * columns; j++) mean += p[j]! * direction[j]!
      for (let j = i * columns; j < (i + 1) * columns; j++)
        out[j] = p[j]! > 0 ? p[j]! * (direction[j]! - mean) : 0
    }
    return ownLike(logits, out)
  },

  mask: (logits, open) => {
    const [rows, columns] = logits.shape
    const isOpen = openChoices(open, logits, columns)
    const x = data(logits)
    const masked = eachParam(logits, (at) => (isOpen[at] === 0 ? -Infinity : x[at]!))
    const left = data(masked)
    for (let i = 0; i < rows; i++) {
      let j = 0
      while (j < columns && left[i * columns + j] === -Infinity) j++
      if (j === columns)
        throw new RangeError(
          `mask[${logits.dims[0]}=${i}]: expected an open choice among ${columns}, got none`,
        )
    }
    return masked
  },
}

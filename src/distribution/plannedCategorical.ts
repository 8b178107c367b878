import type { ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Arithmetic } from '../kernel/kernels.ts'
import type { Alloc } from '../kernel/layout.ts'
import { pickCategory } from '../random/categorical.ts'

/**
 * A distribution over rows of parameters in an array laid out beforehand, to the bits of the one
 * over tensors: `evaluate` first, then the others, which speak of the same rows.
 */
export interface PlannedDistribution {
  /** log-probabilities of these actions, row by row */
  readonly logProb: Float32Array
  readonly entropy: Float32Array
  /** Reads parameters; what depends on them alone is computed here. */
  readonly evaluate: (rows: number) => void
  /** An action for a row, from a number in [0, 1). */
  readonly sample: (row: number, u: number) => number
  /** Fills logProb. */
  readonly score: (action: ReadonlyNumbers, rows: number) => void
  /** Fills entropy. */
  readonly measure: (rows: number) => void
  /** dParam = dLogProb ∘ ∂logProb/∂param + dEntropy · ∂entropy/∂param */
  readonly backward: (
    dParam: Float32Array,
    action: ReadonlyNumbers,
    dLogProb: Float32Array,
    dEntropy: number,
    rows: number,
  ) => void
}

/** Room for the probabilities of logits [maxRows, columns]. */
export const layCategorical = (alloc: Alloc, maxRows: number, columns: number) => ({
  logP: alloc.f32(maxRows * columns),
  p: alloc.f32(maxRows * columns),
})

/** `categorical` over logits [maxRows, columns]. */
export const plannedCategorical = (
  { softmax, vector }: Arithmetic,
  { logP, p }: ReturnType<typeof layCategorical>,
  logits: Float32Array,
  columns: number,
  maxRows: number,
): PlannedDistribution => {
  const h = new Float64Array(maxRows)
  const mass = new Float64Array(columns)
  const logProb = new Float32Array(maxRows)
  const entropy = new Float32Array(maxRows)
  const fround = Math.fround
  return {
    logProb,
    entropy,

    evaluate: (rows) => {
      softmax.logSoftmax(logP, logits, rows, columns)
    },

    sample: (row, u) => pickCategory(logits, row, columns, u, mass),

    score: (action, rows) => {
      for (let i = 0; i < rows; i++) logProb[i] = logP[i * columns + action[i]!]!
    },

    measure: (rows) => {
      vector.exp(p.length === rows * columns ? p : p.subarray(0, rows * columns), logP)
      for (let i = 0; i < rows; i++) {
        let sum = 0
        for (let j = i * columns; j < (i + 1) * columns; j++) if (p[j]! > 0) sum -= p[j]! * logP[j]!
        h[i] = sum
        entropy[i] = sum
      }
    },

    backward: (dParam, action, dLogProb, dEntropy, rows) => {
      for (let i = 0; i < rows; i++) {
        const a = action[i]!
        const scale = dLogProb[i]!
        const hi = h[i]!
        for (let j = 0; j < columns; j++) {
          const at = i * columns + j
          const pj = p[at]!
          const ofLogProb = fround(fround((j === a ? 1 : 0) - pj) * scale)
          const ofEntropy = fround(fround(pj > 0 ? -pj * (logP[at]! + hi) : 0) * dEntropy)
          dParam[at] = ofLogProb + ofEntropy
        }
      }
    },
  }
}

import type { Arithmetic } from '../kernel/kernels.ts'
import type { Alloc } from '../kernel/layout.ts'
import { pickCategory } from '../random/categorical.ts'
import { uniform53 } from '../random/uniform.ts'
import type { PlannedDistribution } from './planned.ts'

/** Room for the probabilities of logits [maxRows, columns]. */
export interface CategoricalRoom {
  readonly logP: Float32Array
  readonly p: Float32Array
}

/** Lays out the room for the probabilities of logits [maxRows, columns]. */
export const layCategorical = (
  alloc: Alloc,
  maxRows: number,
  columns: number,
): CategoricalRoom => ({
  logP: alloc.f32(maxRows * columns),
  p: alloc.f32(maxRows * columns),
})

/** `categorical` over logits [maxRows, columns]. */
export const plannedCategorical = (
  { softmax, vector }: Arithmetic,
  { logP, p }: CategoricalRoom,
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

    sample: (to, key, from, rows) => {
      for (let i = 0; i < rows; i++)
        to[i] = pickCategory(logits, i, columns, uniform53(key, from + i), mass)
    },

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

    backward: (dOut, action, dLogProb, dEntropy, rows) => {
      for (let i = 0; i < rows; i++) {
        const a = action[i]!
        const scale = dLogProb[i]!
        const hi = h[i]!
        for (let j = 0; j < columns; j++) {
          const at = i * columns + j
          const pj = p[at]!
          const ofLogProb = fround(fround((j === a ? 1 : 0) - pj) * scale)
          const ofEntropy = fround(fround(pj > 0 ? -pj * (logP[at]! + hi) : 0) * dEntropy)
          dOut[at] = ofLogProb + ofEntropy
        }
      }
    },
  }
}

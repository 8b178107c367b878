import { f64 } from '../math/real.ts'
import type { Arithmetic } from '../kernel/kernels.ts'
import type { Alloc } from '../kernel/layout.ts'
import { normalAt } from '../random/normal.ts'
import { HALF_LOG_TWO_PI } from './diagonalGaussian.ts'
import { overStd, timesStd } from './overStd.ts'
import type { PlannedDistribution } from './planned.ts'

/** Free log standard deviations, and where the gradient of each shard's rows goes, turn by turn. */
export interface FreeLogStd {
  readonly logStd: Float32Array
  readonly shards: ReadonlyArray<{
    readonly from: number
    readonly rows: number
    readonly grads: readonly Float32Array[]
  }>
}

/** Room for the gradients of free log standard deviations, row by row and shard by shard. */
export interface GaussianRoom {
  readonly logStd: Float32Array
  readonly dLogStd: Float32Array
  readonly shards: ReadonlyArray<{
    readonly rows: number
    readonly grads: readonly Float32Array[]
    readonly dLogStd: Float32Array
  }>
}

/** Lays out the room for the gradients of free log standard deviations; null where none are free. */
export const layGaussian = (
  alloc: Alloc,
  maxRows: number,
  n: number,
  free: FreeLogStd | null,
): GaussianRoom | null => {
  if (free === null) return null
  const dLogStd = alloc.f32(maxRows * n)
  const shards = free.shards.map(({ from, rows, grads }) => ({
    rows,
    grads,
    dLogStd: dLogStd.subarray(from * n, (from + rows) * n),
  }))
  return { logStd: free.logStd, dLogStd, shards }
}

/**
 * `diagonalGaussian` of n entries over a network's outputs: n means a row, and the log standard
 * deviations beside them or, where they are free, the same for all rows.
 */
export const plannedGaussian = (
  { dense }: Arithmetic,
  free: GaussianRoom | null,
  out: Float32Array,
  n: number,
  maxRows: number,
): PlannedDistribution => {
  const width = free === null ? 2 * n : n
  const logProb = new Float32Array(maxRows)
  const entropy = new Float32Array(maxRows)
  const perStd = new Float64Array(maxRows * n)
  const fround = Math.fround
  const logStdOf = (i: number, j: number): number =>
    free === null ? out[i * width + n + j]! : free.logStd[j]!
  return {
    logProb,
    entropy,

    evaluate: (rows) => {
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < n; j++)
          perStd[i * n + j] = free === null || i === 0 ? f64.exp(-logStdOf(i, j)) : perStd[j]!
    },

    sample: (to, key, from, rows) => {
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < n; j++) {
          const logStd = logStdOf(i, j)
          const z = normalAt(key, (from + i) * n + j)
          to[i * n + j] = out[i * width + j]! + timesStd(z, logStd, f64.exp(logStd))
        }
    },

    score: (action, rows) => {
      for (let i = 0; i < rows; i++) {
        let total = 0
        for (let j = 0; j < n; j++) {
          const logStd = logStdOf(i, j)
          const z = overStd(action[i * n + j]! - out[i * width + j]!, logStd, perStd[i * n + j]!)
          total += -0.5 * z * z - logStd - HALF_LOG_TWO_PI
        }
        logProb[i] = total
      }
    },

    measure: (rows) => {
      for (let i = 0; i < rows; i++) {
        let total = 0
        for (let j = 0; j < n; j++) total += 0.5 + HALF_LOG_TWO_PI + logStdOf(i, j)
        entropy[i] = total
      }
    },

    backward: (dOut, action, dLogProb, dEntropy, rows, turn) => {
      // The entropy does not know the mean; what is added is 0 of dEntropy's sign.
      const ofMean = dEntropy < 0 ? -0 : 0
      const ofLogStd = fround(dEntropy)
      const dLogStd = free === null ? dOut : free.dLogStd
      for (let i = 0; i < rows; i++) {
        const scale = dLogProb[i]!
        const logStdFrom = free === null ? i * width + n : i * n
        for (let j = 0; j < n; j++) {
          const per = perStd[i * n + j]!
          const logStd = logStdOf(i, j)
          const z = overStd(action[i * n + j]! - out[i * width + j]!, logStd, per)
          dOut[i * width + j] = fround(fround(overStd(z, logStd, per)) * scale) + ofMean
          dLogStd[logStdFrom + j] = fround(fround(z * z - 1) * scale) + ofLogStd
        }
      }
      if (free !== null)
        for (const shard of free.shards)
          dense.sumRows(shard.grads[turn]!, shard.dLogStd, shard.rows, n)
    },
  }
}

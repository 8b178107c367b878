import type { Key } from '../random/key.ts'
import type { Numbers, ReadonlyNumbers } from '../tensor/tensor.ts'

/**
 * A distribution over rows of parameters in arrays laid out beforehand, to the bits of the one over
 * tensors: `evaluate` first, then the others, which speak of the same rows.
 */
export interface PlannedDistribution {
  /** log-probabilities of these actions, row by row */
  readonly logProb: Float32Array
  readonly entropy: Float32Array
  /** Reads parameters; what depends on them alone is computed here. */
  readonly evaluate: (rows: number) => void
  /** Draws an action for each row; row i is row `from` + i of all that the key draws for. */
  readonly sample: (out: Numbers, key: Key, from: number, rows: number) => void
  /** Fills logProb. */
  readonly score: (action: ReadonlyNumbers, rows: number) => void
  /** Fills entropy. */
  readonly measure: (rows: number) => void
  /**
   * dOut = dLogProb ∘ ∂logProb/∂param + dEntropy · ∂entropy/∂param, in the parameters that are
   * outputs of a network; those that are not get theirs, summed over each shard's rows.
   */
  readonly backward: (
    dOut: Float32Array,
    action: ReadonlyNumbers,
    dLogProb: Float32Array,
    dEntropy: number,
    rows: number,
    turn: number,
  ) => void
}

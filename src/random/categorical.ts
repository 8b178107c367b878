import { exp } from '../math/f64/exp.ts'
import { data, expectTensor, own, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import type { Key } from './key.ts'
import { uniforms53 } from './uniform.ts'

/**
 * The place, from 0 on, of the category at u in [0, 1) among `columns` masses >= 0 that begin at
 * mass[first] and need not sum to 1: the first j with Σᵢ≤ⱼ massᵢ > u Σ mass, never one without mass;
 * −1 where a mass is NaN or there is none.
 */
export const pick = (mass: ReadonlyNumbers, first: number, columns: number, u: number): number => {
  let total = 0
  for (let j = first; j < first + columns; j++) total += mass[j]!
  if (!(total > 0)) return -1
  const threshold = u * total
  let below = 0
  for (let j = 0; j < columns; j++) {
    below += mass[first + j]!
    if (below > threshold) return j
  }
  // u · total may round to total.
  let last = columns - 1
  while (mass[first + last] === 0) last--
  return last
}

/**
 * Draws one category per row with probabilities softmax(logits), by inverting the cumulative
 * distribution: the first j with Σᵢ≤ⱼ pᵢ > u. Row i uses draw i of the key. A category of probability
 * 0 (logit −∞) is never drawn.
 *
 * @param logits [row, category], not necessarily normalised
 * @returns [row], i32
 * @throws RangeError when a row has no category of probability > 0
 */
export const categorical = <B extends string>(
  key: Key,
  logits: Tensor<[B, string]>,
): Tensor<[B]> => {
  expectTensor('logits', logits)
  const [rows, columns] = logits.shape
  const x = data(logits)
  const u = uniforms53(key, rows)
  const out = new Int32Array(rows)
  const mass = new Float64Array(columns)
  for (let i = 0; i < rows; i++) {
    let max = -Infinity
    for (let j = 0; j < columns; j++) max = Math.max(max, x[i * columns + j]!)
    for (let j = 0; j < columns; j++) mass[j] = exp(x[i * columns + j]! - max)
    const picked = pick(mass, 0, columns, u[i]!)
    if (picked < 0)
      throw new RangeError(
        `logits[row=${i}]: expected a finite logit and no NaN, got [${Array.from({ length: columns }, (_, j) => x[i * columns + j]).join(', ')}]`,
      )
    out[i] = picked
  }
  return own<[B]>([logits.dims[0]], [rows], out)
}

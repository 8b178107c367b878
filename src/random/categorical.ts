import { f64 } from '../math/real.ts'
import { data, own, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import type { Key } from './key.ts'
import { uniforms53 } from './uniform.ts'

/**
 * The category of row i of logits [row, columns] at u in [0, 1): the first j with Σᵢ≤ⱼ pᵢ > u.
 * `mass` is room for `columns` numbers.
 */
export const pickCategory = (
  x: ReadonlyNumbers,
  i: number,
  columns: number,
  u: number,
  mass: Float64Array,
): number => {
  let max = -Infinity
  for (let j = 0; j < columns; j++) max = Math.max(max, x[i * columns + j]!)
  let total = 0
  for (let j = 0; j < columns; j++) {
    mass[j] = f64.exp(x[i * columns + j]! - max)
    total += mass[j]!
  }
  if (!(total > 0))
    throw new RangeError(
      `logits[row=${i}]: expected a finite logit and no NaN, got [${Array.from({ length: columns }, (_, j) => x[i * columns + j]).join(', ')}]`,
    )
  const threshold = u * total
  let picked = 0
  let below = 0
  for (let j = 0; j < columns; j++) {
    if (mass[j] === 0) continue
    picked = j
    below += mass[j]!
    if (below > threshold) break
  }
  return picked
}

/**
 * One category a row with probability softmax(logits), by inverting the cumulative distribution:
 * the first j with Σᵢ≤ⱼ pᵢ > u. Row i takes draw i of the key; a category of probability 0
 * (logit −∞) never comes.
 *
 * @param logits [row, category], not necessarily normalised
 * @returns [row], i32
 */
export const categorical = <B extends string>(
  key: Key,
  logits: Tensor<[B, string]>,
): Tensor<[B]> => {
  const [rows, columns] = logits.shape
  const x = data(logits)
  const u = uniforms53(key, rows)
  const out = new Int32Array(rows)
  const mass = new Float64Array(columns)
  for (let i = 0; i < rows; i++) out[i] = pickCategory(x, i, columns, u[i]!, mass)
  return own<[B]>([logits.dims[0]], [rows], out)
}

import type { ReadonlyNumbers } from '../../tensor/tensor.ts'

/** Steps between sizes are at least this, and a quarter of the power of two below. */
const STEP = 8

/**
 * The size that matrices are padded to: 8, 16, 24, 32, 40, … 64, 80, 96, … 128, 160, …, so that
 * many sizes share few programs and less than a quarter is padding above 32.
 * Even 0 is padded, because no program can be of nothing.
 *
 * @param size 0 … 2³⁰
 */
export const paddedSize = (size: number): number => {
  let step = STEP
  while (step * 8 < size) step *= 2
  return Math.max(STEP, Math.ceil(size / step) * step)
}

/** A matrix as it lies in an array: row-major and contiguous. */
export interface Matrix {
  readonly x: ReadonlyNumbers
  readonly rows: number
  readonly columns: number
}

/**
 * The matrix in the corner of a larger one of zeros, [height, width].
 *
 * @throws RangeError when the array is too short
 */
export const padded = (
  argument: string,
  { x, rows, columns }: Matrix,
  height: number,
  width: number,
): Float32Array => {
  if (x.length < rows * columns)
    throw new RangeError(
      `${argument}: expected ${rows} × ${columns} numbers, got an array of ${x.length}`,
    )
  if (columns === width && x instanceof Float32Array && x.length === height * width) return x
  const out = new Float32Array(height * width)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[i * width + j] = x[i * columns + j]!
  return out
}

/** The corner [rows, columns] of what a program computed, one row after the other. */
export const cut = (
  result: ReadonlyArray<Float32Array>,
  rows: number,
  columns: number,
): Float32Array => {
  const out = new Float32Array(rows * columns)
  for (let i = 0; i < rows; i++) out.set(result[i]!.subarray(0, columns), i * columns)
  return out
}

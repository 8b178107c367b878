/** Log-softmax of rows, four rows at a time: each adds up its own exponentials in rising column. */
import { exp4, log4 } from './math'

/** Column entry of four rows, whose places are given in bytes. */
@inline
function gather(x: usize, row1: usize, row2: usize, row3: usize): v128 {
  let v = v128.load32_zero(x)
  v = v128.load_lane<f32>(x + row1, v, 1)
  v = v128.load_lane<f32>(x + row2, v, 2)
  return v128.load_lane<f32>(x + row3, v, 3)
}

@inline
function scatter(out: usize, v: v128, row1: usize, row2: usize, row3: usize): void {
  v128.store_lane<f32>(out + row3, v, 3)
  v128.store_lane<f32>(out + row2, v, 2)
  v128.store_lane<f32>(out + row1, v, 1)
  v128.store_lane<f32>(out, v, 0)
}

/** x − max − ln Σ e^(x − max), row by row; out may be x. */
export function logSoftmax(out: usize, x: usize, rows: i32, columns: i32): void {
  const row = <usize>columns << 2
  for (let i = 0; i < rows; i += 4) {
    // In place of a row that is not there the first is computed and written once more.
    const row1: usize = i + 1 < rows ? row : 0
    const row2: usize = i + 2 < rows ? row << 1 : 0
    const row3: usize = i + 3 < rows ? row + (row << 1) : 0
    let max = f32x4.splat(-Infinity)
    for (let j: usize = 0; j < row; j += 4) max = f32x4.pmax(max, gather(x + j, row1, row2, row3))
    let total = f32x4.splat(0)
    for (let j: usize = 0; j < row; j += 4)
      total = f32x4.add(total, exp4(f32x4.sub(gather(x + j, row1, row2, row3), max)))
    const logTotal = log4(total)
    for (let j: usize = 0; j < row; j += 4) {
      const shifted = f32x4.sub(gather(x + j, row1, row2, row3), max)
      scatter(out + j, f32x4.sub(shifted, logTotal), row1, row2, row3)
    }
    x += row << 2
    out += row << 2
  }
}

/** out[i] = e^x[i] for n numbers. */
export function exp(out: usize, x: usize, n: i32): void {
  for (const end = x + (<usize>(n & ~3) << 2); x < end; x += 16, out += 16)
    v128.store(out, exp4(v128.load(x)))
  for (let i = n & 3; i > 0; i--, x += 4, out += 4)
    v128.store_lane<f32>(out, exp4(v128.load32_splat(x)), 0)
}

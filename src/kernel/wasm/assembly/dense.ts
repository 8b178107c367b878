import { nn } from './matmul'
import { tanhEach } from './tanh'

/** Rows that go through a layer together, so that their sums are still in the first cache. */
const ROWS: i32 = 8

// Larger weights are packed once for all rows, which costs less than the cache.
@inline
function rowsAtOnce(m: i32, k: i32, n: i32): i32 {
  return k * n > 8192 ? m : ROWS
}

/** y = tanh(x w + b) */
export function affineTanh(
  y: usize,
  x: usize,
  w: usize,
  b: usize,
  m: i32,
  k: i32,
  n: i32,
): void {
  const step = rowsAtOnce(m, k, n)
  for (let i = 0; i < m; i += step) {
    const rows = min(step, m - i)
    nn(y, x, w, b, rows, k, n)
    tanhEach(y, rows * n)
    y += <usize>(rows * n) << 2
    x += <usize>(rows * k) << 2
  }
}

/** dz = dy ∘ (1 − y²), n numbers; dz may be dy. */
export function tanhBackward(dz: usize, dy: usize, y: usize, n: i32): void {
  const one = f32x4.splat(1)
  const end = dz + (<usize>(n & ~3) << 2)
  for (; dz < end; dz += 16) {
    const v = v128.load(y)
    v128.store(dz, f32x4.mul(v128.load(dy), f32x4.sub(one, f32x4.mul(v, v))))
    dy += 16
    y += 16
  }
  for (let i = n & 3; i > 0; i--) {
    const v = load<f32>(y)
    store<f32>(dz, load<f32>(dy) * (1 - v * v))
    dz += 4
    dy += 4
    y += 4
  }
}

/** out[n] = Σ over the m rows of x[m,n], in rising row, from 0. */
export function sumRows(out: usize, x: usize, m: i32, n: i32): void {
  const row = <usize>n << 2
  let j = n
  for (; j >= 4; j -= 4) {
    let s = f32x4.splat(0)
    let at = x
    for (let i = 0; i < m; i++, at += row) s = f32x4.add(s, v128.load(at))
    v128.store(out, s)
    out += 16
    x += 16
  }
  for (; j > 0; j--) {
    let s: f32 = 0
    let at = x
    for (let i = 0; i < m; i++, at += row) s += load<f32>(at)
    store<f32>(out, s)
    out += 4
    x += 4
  }
}

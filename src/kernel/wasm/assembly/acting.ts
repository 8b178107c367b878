/** A module of its own for acting one row at a time: what `proximal/inference` contains. */
import { exp4, log4, tanh4 } from './math'

/** x = tanh x, element by element, for n numbers, a multiple of 4. */
export function tanhEach(x: usize, n: i32): void {
  for (const end = x + (<usize>n << 2); x < end; x += 16) v128.store(x, tanh4(v128.load(x)))
}

/** e^x */
export function exp(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0)
}

/** ln x */
export function log(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0)
}

/**
 * y[n] = b[n] + Σₖ x[k] w[k,n], in rising k from the bias as `nn` adds. n is a multiple of 8, and rows of w
 * are padded to it.
 */
export function affine(y: usize, x: usize, w: usize, b: usize, k: i32, n: i32): void {
  const row = <usize>n << 2
  const end = x + (<usize>k << 2)
  for (const last = y + row; y < last; y += 32, b += 32, w += 32) {
    let s0 = v128.load(b)
    let s1 = v128.load(b, 16)
    let at = w
    for (let i = x; i < end; i += 4, at += row) {
      const xi = v128.load32_splat(i)
      s0 = f32x4.add(s0, f32x4.mul(xi, v128.load(at)))
      s1 = f32x4.add(s1, f32x4.mul(xi, v128.load(at, 16)))
    }
    v128.store(y, s0)
    v128.store(y, s1, 16)
  }
}

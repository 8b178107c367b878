import { isFar, nearTanh4, tanh4 } from './math'

/** tanh of sixteen numbers, whatever they are. A call of its own: engines then use registers best. */
export function tanh16(x: usize): void {
  const y0 = tanh4(v128.load(x))
  const y1 = tanh4(v128.load(x, 16))
  const y2 = tanh4(v128.load(x, 32))
  const y3 = tanh4(v128.load(x, 48))
  v128.store(x, y0)
  v128.store(x, y1, 16)
  v128.store(x, y2, 32)
  v128.store(x, y3, 48)
}

/**
 * x[i] = tanh x[i] for n numbers, sixteen at a time, which keeps more of the processor busy. In most
 * layers most of them are near 0, where half the work will do; processors guess which well.
 */
export function tanhEach(x: usize, n: i32): void {
  for (const end = x + ((<usize>(n & ~15)) << 2); x < end; x += 64) {
    const x0 = v128.load(x)
    const x1 = v128.load(x, 16)
    const x2 = v128.load(x, 32)
    const x3 = v128.load(x, 48)
    if (v128.any_true(v128.or(v128.or(isFar(x0), isFar(x1)), v128.or(isFar(x2), isFar(x3))))) {
      tanh16(x)
    } else {
      v128.store(x, nearTanh4(x0))
      v128.store(x, nearTanh4(x1), 16)
      v128.store(x, nearTanh4(x2), 32)
      v128.store(x, nearTanh4(x3), 48)
    }
  }
  for (const end = x + ((<usize>(n & 12)) << 2); x < end; x += 16)
    v128.store(x, tanh4(v128.load(x)))
  for (let i = n & 3; i > 0; i--, x += 4) v128.store_lane<f32>(x, tanh4(v128.load32_splat(x)), 0)
}

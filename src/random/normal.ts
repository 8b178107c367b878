import { f64 } from '../math/real.ts'
import { own, type Shape, type Tensor } from '../tensor/tensor.ts'
import type { Key } from './key.ts'
import { uniform53, uniforms53 } from './uniform.ts'

/**
 * Standard normal by Box and Muller (1958): from u, v uniform on [0, 1),
 * √(−2 log(1 − u)) · (cos 2πv, sin 2πv) are two independent draws. Computed in f64, then rounded.
 */
export const normal = <const D extends string[]>(
  key: Key,
  dims: D,
  shape: NoInfer<Shape<D>>,
  dtype: 'f32' | 'f64' = 'f32',
): Tensor<D> => {
  const sizes: readonly number[] = shape
  const n = sizes.reduce((a, b) => a * b, 1)
  const u = uniforms53(key, n + (n % 2))
  const out = dtype === 'f32' ? new Float32Array(n) : new Float64Array(n)
  for (let i = 0; i < n; i += 2) {
    const radius = Math.sqrt(-2 * f64.log1p(-u[i]!))
    const angle = 2 * Math.PI * u[i + 1]!
    out[i] = radius * f64.cos(angle)
    if (i + 1 < n) out[i + 1] = radius * f64.sin(angle)
  }
  return own<D>(dims, shape, out)
}

/** Draw i of those of the key, by itself, in f64. */
export const normalAt = (key: Key, i: number): number => {
  const first = i - (i % 2)
  const radius = Math.sqrt(-2 * f64.log1p(-uniform53(key, first)))
  const angle = 2 * Math.PI * uniform53(key, first + 1)
  return radius * (i === first ? f64.cos(angle) : f64.sin(angle))
}

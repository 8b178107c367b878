import { f64 } from '../math/real.ts'
import { own, type Floats, type Shape, type Tensor } from '../tensor/tensor.ts'
import type { Key } from './key.ts'
import { uniformAt } from './uniform.ts'

/**
 * Fills `out` with draws `from`, `from` + 1, … of the key: standard normal numbers by Box and Muller
 * (1958). From u, v uniform on [0, 1), √(−2 log(1 − u)) · (cos 2πv, sin 2πv) are two independent
 * draws, 2k and 2k + 1. Computed in f64, then rounded.
 */
export const fillNormal = (out: Floats, key: Key, from: number): void => {
  const end = from + out.length
  for (let even = from - (from % 2); even < end; even += 2) {
    const radius = Math.sqrt(-2 * f64.log1p(-uniformAt(key, even)))
    const angle = 2 * Math.PI * uniformAt(key, even + 1)
    if (even >= from) out[even - from] = radius * f64.cos(angle)
    if (even + 1 < end) out[even + 1 - from] = radius * f64.sin(angle)
  }
}

/** Standard normal numbers: draws 0, 1, … of the key, as `fillNormal` computes them. */
export const normal = <const D extends string[]>(
  key: Key,
  dims: D,
  shape: NoInfer<Shape<D>>,
  dtype: 'f32' | 'f64' = 'f32',
): Tensor<D> => {
  const sizes: readonly number[] = shape
  const n = sizes.reduce((a, b) => a * b, 1)
  const out = dtype === 'f32' ? new Float32Array(n) : new Float64Array(n)
  fillNormal(out, key, 0)
  return own<D>(dims, shape, out)
}

/** Draw i of those of the key, by itself, in f64. */
export const normalAt = (key: Key, i: number): number => {
  const out = new Float64Array(1)
  fillNormal(out, key, i)
  return out[0]!
}

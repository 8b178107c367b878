import { own, type Tensor } from '../tensor/tensor.ts'
import type { Key } from './key.ts'
import { uniforms53 } from './uniform.ts'

/**
 * 0 … n − 1 in random order, by Fisher and Yates. The bounded draw ⌊u · i⌋ takes u with 53 bits,
 * so that no order's probability is off by more than n² · 2⁻⁵³.
 */
export const permutation = <const D extends string>(key: Key, dim: D, n: number): Tensor<[D]> => {
  const u = uniforms53(key, n)
  const out = new Int32Array(n)
  for (let i = 0; i < n; i++) out[i] = i
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(u[i]! * (i + 1))
    const last = out[i]!
    out[i] = out[j]!
    out[j] = last
  }
  return own<[D]>([dim], [n], out)
}

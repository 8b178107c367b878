import { own, type Tensor } from '../tensor/tensor.ts'
import type { Key } from './key.ts'
import { uniforms53 } from './uniform.ts'

/**
 * The whole numbers 0 … n − 1 in random order, by the Fisher-Yates shuffle. The bounded draw ⌊u ·
 * i⌋ takes u with 53 bits, so that the probability of each order is off by at most n² · 2⁻⁵³.
 *
 * @param n a whole number >= 0
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

import { own, type ReadonlyNumbers, type Shape, type Tensor } from '../tensor/tensor.ts'
import { shown } from '../tensor/shown.ts'
import { DRAW, expectKey, WORD, type Key } from './key.ts'
import { threefry2x32, words } from './threefry.ts'

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** 27 bits of the first word and 26 of the second: k · 2⁻⁵³ in [0, 1). */
export const from53 = (high: number, low: number): number =>
  ((high >>> 5) * 0x400_0000 + (low >>> 6)) / 0x20_0000_0000_0000

/** n numbers k · 2⁻⁵³ in [0, 1), each from two words. */
export const uniforms53 = (key: Key, n: number): ReadonlyNumbers => {
  const w = words(expectKey('key', key).words, DRAW, 2 * n)
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) out[i] = from53(w[2 * i]!, w[2 * i + 1]!)
  return out
}

/**
 * One number from [0, 1), a multiple of 2⁻⁵³: entry i of `uniform(key, …, 'f64')`, drawn by itself. For
 * environments that need a number or two: `Math.floor(6 * random.uniformAt(key))` rolls a die.
 *
 * @param i a whole number from 0 to 2³² − 1
 * @throws RangeError when i is not one, or the key is not a key
 */
export const uniformAt = (key: Key, i = 0): number => {
  if (!Number.isInteger(i) || i < 0 || i >= WORD)
    throw new RangeError(`i: expected a whole number from 0 to 2^32 - 1, got ${shown(i)}`)
  const [high, low] = threefry2x32(expectKey('key', key).words, [i, DRAW])
  return from53(high, low)
}

/**
 * Draws numbers uniformly from [0, 1). f32 draws are multiples of 2⁻²⁴, f64 draws multiples of 2⁻⁵³. 1
 * is never drawn.
 *
 * @throws RangeError when the key is not a key
 */
export const uniform = <const D extends string[]>(
  key: Key,
  dims: D,
  shape: NoInfer<Shape<D>>,
  dtype: 'f32' | 'f64' = 'f32',
): Tensor<D> => {
  const n = count(shape)
  if (dtype === 'f64') return own<D>(dims, shape, uniforms53(key, n) as Float64Array)
  const w = words(expectKey('key', key).words, DRAW, n)
  const out = new Float32Array(n)
  for (let i = 0; i < n; i++) out[i] = (w[i]! >>> 8) / 0x100_0000
  return own<D>(dims, shape, out)
}

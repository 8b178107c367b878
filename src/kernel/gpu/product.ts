/** a b of n × n matrices, row by row; a promise where there is no other way. */
export type Product = (
  a: Float32Array,
  b: Float32Array,
  n: number,
) => Float32Array | Promise<Float32Array>

/** Two n × n matrices of small whole numbers: their product is exact in any order of its sums. */
export const factors = (n: number): readonly [a: Float32Array, b: Float32Array] => {
  const filled = (step: number, modulus: number): Float32Array =>
    Float32Array.from({ length: n * n }, (_, i) => ((i * step) % modulus) - 2)
  return [filled(7, 5), filled(11, 7)]
}

const applied = (m: Float32Array, x: readonly number[]): readonly number[] =>
  x.map((_, i) => {
    let sum = 0
    for (let j = 0; j < x.length; j++) sum += m[i * x.length + j]! * x[j]!
    return sum
  })

/**
 * Whether c = a b, by c x = a (b x) for one x without zeros: n² operations in place of n³. It sees
 * zeros, transposes and what is too short, though not each wrong number that there can be.
 * Freivalds 1977, Probabilistic machines can use less running time.
 */
export const isProduct = (
  c: Float32Array,
  a: Float32Array,
  b: Float32Array,
  n: number,
): boolean => {
  const x = Array.from({ length: n }, (_, j) => ((j * j) % 7) + 1)
  const expected = applied(a, applied(b, x))
  return c.length === n * n && applied(c, x).every((y, i) => y === expected[i])
}

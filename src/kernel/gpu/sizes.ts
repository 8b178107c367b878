/**
 * The size that a side of a matrix is padded to, so that few kernels serve all sizes: 1 to 4, then
 * powers of two and halfway between them; at most half as many again as are needed.
 */
export const padded = (n: number): number => {
  if (n <= 4) return Math.max(n, 1)
  let power = 4
  while (power * 2 <= n) power *= 2
  if (n === power) return n
  return n <= power * 1.5 ? power * 1.5 : power * 2
}

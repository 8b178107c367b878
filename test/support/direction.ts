import { numericGrad } from './centralDifference.ts'

/** d f(x + s · t) / ds at s = 0 of each of f's numbers, by central differences. */
export const numericAlong = (
  f: (x: Float64Array) => readonly number[],
  x: readonly number[],
  t: readonly number[],
  h?: number,
): number[] =>
  f(Float64Array.from(x)).map((_, at) => {
    const [slope] = numericGrad(
      ([s]) => f(Float64Array.from(x, (xi, i) => xi + s! * t[i]!))[at]!,
      [0],
      h,
    )
    return slope!
  })

export const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!
  return total
}

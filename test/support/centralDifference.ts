import { expect } from 'vitest'

/**
 * ∂f/∂xᵢ by the five-point central difference
 * (f(x − 2h) − 8 f(x − h) + 8 f(x + h) − f(x + 2h)) / 12h,
 * with h relative to |xᵢ|: its own error is O(h⁴) beside rounding of some 10⁻¹³ f, so that a
 * gradient is met to rtol 1e-6 wherever f is smooth within 2h of x. Give a smaller `h` near kinks.
 */
export const numericGrad = (
  f: (x: Float64Array) => number,
  x: ArrayLike<number>,
  h = 1e-3,
): Float64Array =>
  Float64Array.from({ length: x.length }, (_, i) => {
    const step = h * Math.max(1, Math.abs(x[i]!))
    const at = (offset: number): number => {
      const moved = Float64Array.from(x)
      moved[i] = x[i]! + offset
      return f(moved)
    }
    return (at(-2 * step) - 8 * at(-step) + 8 * at(step) - at(2 * step)) / (12 * step)
  })

/** One number, or many in a row. */
export type Values = number | ArrayLike<number>

const list = (values: Values): readonly number[] =>
  typeof values === 'number' ? [values] : Array.from(values)

/**
 * |actual − expected| <= atol + rtol · |expected| for every element, and as many of the one as of
 * the other. NaN is close to nothing; an infinity is close to itself.
 */
export const expectClose = (actual: Values, expected: Values, rtol: number, atol: number): void => {
  const [a, e] = [list(actual), list(expected)]
  expect(a.length, 'as many numbers as expected').toBe(e.length)
  for (let i = 0; i < a.length; i++) {
    const close =
      a[i] === e[i] ||
      (Number.isFinite(e[i]) && Math.abs(a[i]! - e[i]!) <= atol + rtol * Math.abs(e[i]!))
    if (!close)
      expect.fail(
        `[${i}]: expected ${e[i]} within rtol ${rtol} and atol ${atol}, got ${a[i]} ` +
          `(difference ${a[i]! - e[i]!})`,
      )
  }
}

import { closeProblem, type Tolerance } from './close.ts'

/** Options of `checkGradient`. */
export interface GradientOptions extends Tolerance {
  /** step of the differences, relative to max(1, |xᵢ|), > 0; 1e-3 by default. Smaller near kinks. */
  readonly step?: number
}

/**
 * The gradient of f at x by five-point central differences:
 * ∂f/∂xᵢ ≈ (f(x − 2h) − 8 f(x − h) + 8 f(x + h) − f(x + 2h)) / 12h, whose error is O(h⁴) where f is smooth
 * within 2h. Abramowitz and Stegun 1964, 25.3.
 *
 * @param f of as many numbers as x, in f64; it must not write into them
 * @param step h, relative to max(1, |xᵢ|), > 0
 */
export const numericGradient = (
  f: (x: Float64Array) => number,
  x: ArrayLike<number>,
  step = 1e-3,
): Float64Array =>
  Float64Array.from({ length: x.length }, (_, i) => {
    const h = step * Math.max(1, Math.abs(x[i]!))
    const at = (offset: number): number => {
      const moved = Float64Array.from(x)
      moved[i] = x[i]! + offset
      return f(moved)
    }
    return (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h)
  })

/**
 * Compares a gradient with central differences, as this library does for its own gradients.
 *
 *     checkGradient((x) => x[0]! * x[0]!, (x) => [2 * x[0]!], [3]) // null
 *
 * @param f a function of numbers in f64: compute in f64 where it is made of kernels (`kernel.js.f64`)
 * @param gradient its gradient, as many numbers as x
 * @param x where both are computed, away from kinks
 * @param options tolerance (rtol 1e-6 and atol 1e-9 by default) and step
 * @returns null if they agree, and otherwise the first number that does not: `[1]: expected 2, got 3`
 */
export const checkGradient = (
  f: (x: Float64Array) => number,
  gradient: (x: Float64Array) => ArrayLike<number>,
  x: ArrayLike<number>,
  { step = 1e-3, rtol = 1e-6, atol = 1e-9 }: GradientOptions = {},
): string | null =>
  closeProblem(gradient(Float64Array.from(x)), numericGradient(f, x, step), { rtol, atol })

/**
 * Expects a gradient to agree with central differences: see `checkGradient`.
 *
 * @throws RangeError with the first number that does not
 */
export const expectGradient = (...args: Parameters<typeof checkGradient>): void => {
  const problem = checkGradient(...args)
  if (problem !== null)
    throw new RangeError(`gradient${problem.startsWith('[') ? '' : ': '}${problem}`)
}

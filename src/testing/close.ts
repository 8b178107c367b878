/** How far a number may be from the expected one: |actual − expected| ≤ atol + rtol · |expected|. */
export interface Tolerance {
  /** relative part, ≥ 0; 1e-6 by default */
  readonly rtol?: number
  /** absolute part, ≥ 0; 0 by default */
  readonly atol?: number
}

const isClose = (actual: number, expected: number, { rtol = 1e-6, atol = 0 }: Tolerance): boolean =>
  actual === expected ||
  (Number.isFinite(expected) && Math.abs(actual - expected) <= atol + rtol * Math.abs(expected))

/**
 * Compares two lists of numbers: equal lengths, and each number close to the expected one. NaN is close to
 * nothing, and an infinity only to itself.
 *
 * @returns null if they are close, and otherwise the first difference: `[3]: expected 0.5, got 0.7`
 */
export const closeProblem = (
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = {},
): string | null => {
  if (actual.length !== expected.length)
    return `expected ${expected.length} numbers, got ${actual.length}`
  for (let i = 0; i < expected.length; i++)
    if (!isClose(actual[i]!, expected[i]!, tolerance))
      return `[${i}]: expected ${expected[i]}, got ${actual[i]}`
  return null
}

/**
 * Expects numbers to be close to others, in any test runner.
 *
 * @throws RangeError with the first difference
 */
export const expectClose = (
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = {},
): void => {
  const problem = closeProblem(actual, expected, tolerance)
  if (problem !== null)
    throw new RangeError(`actual${problem.startsWith('[') ? '' : ': '}${problem}`)
}

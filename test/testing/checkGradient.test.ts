import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  checkGradient,
  closeProblem,
  expectClose,
  expectGradient,
  numericGradient,
} from '../../src/testing/index.ts'

const numbers = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
  minLength: 1,
  maxLength: 5,
})

/** Σ i xᵢ³, and its gradient 3 i xᵢ². */
const cubes = (x: ArrayLike<number>): number =>
  Array.from(x).reduce((sum, xi, i) => sum + (i + 1) * xi * xi * xi, 0)
const cubesGradient = (x: ArrayLike<number>): readonly number[] =>
  Array.from(x, (xi, i) => 3 * (i + 1) * xi * xi)

describe('checkGradient', () => {
  test.prop([numbers])('finds nothing wrong with a right gradient', (x) => {
    expect(checkGradient(cubes, cubesGradient, x)).toBeNull()
    expect(() => expectGradient(cubes, cubesGradient, x)).not.toThrow()
  })

  test.prop([numbers, fc.nat()])('names the number that is off by a thousandth', (x, at) => {
    const i = at % x.length
    const wrong = (y: ArrayLike<number>): readonly number[] =>
      cubesGradient(y).map((g, j) => (j === i ? g + 0.001 + 0.001 * Math.abs(g) : g))
    expect(checkGradient(cubes, wrong, x)).toMatch(new RegExp(`^\\[${i}\\]: expected .*, got `))
    expect(() => expectGradient(cubes, wrong, x)).toThrow(`gradient[${i}]: expected`)
  })

  test('says when there are too few numbers', () => {
    expect(checkGradient(cubes, () => [], [1, 2])).toBe('expected 2 numbers, got 0')
  })

  test('leaves x as it is, and is exact to O(h⁴)', () => {
    const x = Float64Array.of(1, 2)
    expectClose(numericGradient(cubes, x), [3, 24], { rtol: 1e-10 })
    expect([...x]).toEqual([1, 2])
  })
})

describe('expectClose', () => {
  test.each<[readonly number[], readonly number[], string | null]>([
    [[1], [1 + 1e-7], null],
    [[1], [1 + 1e-5], '[0]: expected 1.00001, got 1'],
    [[1, 2], [1], 'expected 1 numbers, got 2'],
    [[NaN], [NaN], '[0]: expected NaN, got NaN'],
    [[Infinity], [Infinity], null],
    [[1], [Infinity], '[0]: expected Infinity, got 1'],
    [[0], [1e-9], '[0]: expected 1e-9, got 0'],
  ])('%j beside %j', (actual, expected, problem) => {
    expect(closeProblem(actual, expected)).toBe(problem)
    if (problem === null) expectClose(actual, expected)
    else expect(() => expectClose(actual, expected)).toThrow(problem)
  })

  test('an absolute tolerance lets numbers near 0 pass', () => {
    expect(closeProblem([0], [1e-9], { atol: 1e-8 })).toBeNull()
  })
})

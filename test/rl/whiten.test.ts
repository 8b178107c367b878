import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { whiten, whiteningScale } from '../../src/rl/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

const sample = (x: readonly number[]) => of(['sample'], [x.length], x)

/** Lists that vary by more than rounding: the spread is at least 1. */
const varied = fc
  .array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 20 })
  .map(([first = 0, second = 0, ...rest]) => [
    first,
    second < first ? first - 1 - (first - second) : first + 1 + (second - first),
    ...rest,
  ])

const ddofs = fc.constantFrom<0 | 1>(0, 1)

describe('whiten', () => {
  test.prop([varied, ddofs])('leaves mean 0 and Σ x² = n − ddof', (x, ddof) => {
    const z = toArray(whiten({ ddof, epsilon: 1e-12 })(sample(x)))
    expectClose(z.reduce((a, b) => a + b, 0) / z.length, 0, 0, 1e-10)
    expectClose(z.reduce((a, b) => a + b * b, 0) / (z.length - ddof), 1, 1e-9, 0)
  })

  test.prop([
    varied,
    ddofs,
    fc.double({ min: -50, max: 50, noNaN: true }),
    fc.double({ min: 0.1, max: 10, noNaN: true }),
  ])('does not see a shift or a positive scale', (x, ddof, shift, scale) => {
    const white = whiten({ ddof, epsilon: 1e-12 })
    const moved = toArray(white(sample(x.map((xi) => shift + scale * xi))))
    expectClose(moved, toArray(white(sample(x))), 1e-8, 1e-8)
  })

  test('divides by n − ddof, as PyTorch (1) and NumPy (0) do', () => {
    // std is √2 with n − 1 = 1 and 1 with n = 2.
    const x = sample([1, 3])
    expectClose(
      toArray(whiten({ ddof: 1, epsilon: 1e-15 })(x)),
      [-Math.SQRT1_2, Math.SQRT1_2],
      1e-14,
      0,
    )
    expectClose(toArray(whiten({ ddof: 0, epsilon: 1e-15 })(x)), [-1, 1], 1e-14, 0)
  })

  test('adds ε to the standard deviation, not to the variance', () => {
    expect(toArray(whiten({ ddof: 0, epsilon: 3 })(sample([1, 3])))).toEqual([-0.25, 0.25])
  })

  test('with `max` divides by the standard deviation, and by ε only where that is less', () => {
    const max = (epsilon: number) => whiten({ ddof: 0, epsilon, epsilonKind: 'max' })
    expect(toArray(max(0.5)(sample([1, 5])))).toEqual([-1, 1])
    expect(toArray(max(2)(sample([1, 5])))).toEqual([-1, 1])
    expect(toArray(max(4)(sample([1, 5])))).toEqual([-0.5, 0.5])
    expect(toArray(max(0.5)(sample([3, 3])))).toEqual([0, 0])
  })

  test.prop([varied, ddofs])('adds where nothing is said', (x, ddof) => {
    expectSameBits(
      whiten({ ddof, epsilon: 0.5 })(sample(x)),
      whiten({ ddof, epsilon: 0.5, epsilonKind: 'add' })(sample(x)),
    )
  })

  test('takes ε = 0, with which equal elements have no scale at all', () => {
    for (const epsilonKind of ['add', 'max'] as const) {
      const white = whiten({ ddof: 0, epsilon: 0, epsilonKind })
      expect(toArray(white(sample([1, 3])))).toEqual([-1, 1])
      expect(toArray(white(sample([2, 2])))).toEqual([NaN, NaN])
    }
  })

  test.each([-1e-9, NaN])('throws for ε = %d', (epsilon) => {
    expect(() => whiten({ ddof: 0, epsilon })).toThrow(
      new RangeError(`epsilon: expected a number >= 0, got ${epsilon}`),
    )
  })

  test.each([2, -1, 0.5, NaN])('throws for ddof = %d', (ddof) => {
    for (const make of [whiten, whiteningScale])
      expect(() => make({ ddof: ddof as 0, epsilon: 1 })).toThrow(
        new RangeError(`ddof: expected one of 0, 1, got ${ddof}`),
      )
  })

  test('throws for a kind of ε that there is not', () => {
    for (const make of [whiten, whiteningScale])
      expect(() => make({ ddof: 0, epsilon: 1, epsilonKind: 'min' as 'max' })).toThrow(
        new RangeError('epsilonKind: expected one of add, max, got min'),
      )
  })

  test('has the scale of n and Σ (x − mean)² by itself', () => {
    expect(whiteningScale({ ddof: 1, epsilon: 0.5 })(5, 16)).toBe(2.5)
    expect(whiteningScale({ ddof: 0, epsilon: 0.5 })(4, 16)).toBe(2.5)
    expect(whiteningScale({ ddof: 0, epsilon: 0.5, epsilonKind: 'max' })(4, 16)).toBe(2)
    expect(() => whiteningScale({ ddof: 1, epsilon: 1 })(1, 0)).toThrow('more than 1 elements')
  })

  test('makes elements that are all the same 0', () => {
    expect(toArray(whiten({ ddof: 1, epsilon: 1e-8 })(sample([2, 2, 2])))).toEqual([0, 0, 0])
  })

  test.each([
    [0, 0],
    [1, 0],
    [1, 1],
  ] as const)('with ddof %d throws for %d elements', (ddof, n) => {
    expect(() => whiten({ ddof, epsilon: 1e-8 })(sample(Array(n).fill(1)))).toThrow(
      new RangeError(`x: expected more than ${ddof} elements to normalise, got ${n}`),
    )
  })

  test('keeps names and element type, and leaves its input as it is', () => {
    const x = of(['time', 'env'], [2, 2], Float32Array.of(1, 2, 3, 5))
    const z = expectPure(whiten({ ddof: 1, epsilon: 1e-8 }), x)
    expect([z.dims, z.shape, z.dtype]).toEqual([['time', 'env'], [2, 2], 'f32'])
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { whiten } from '../../src/rl/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { expectPure } from '../law/purity.ts'
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

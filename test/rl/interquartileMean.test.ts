import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { interquartileMean, mean } from '../../src/rl/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

const whole = fc.integer({ min: -1000, max: 1000 })
const doubles = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
  minLength: 1,
  maxLength: 30,
})

/** Numbers, and the same in another order. */
const shuffled = doubles.chain((xs) =>
  fc.tuple(
    fc.constant(xs),
    fc.shuffledSubarray(xs, { minLength: xs.length, maxLength: xs.length }),
  ),
)

describe('interquartileMean', () => {
  test.each([
    [[5], 5],
    [[1, 8], 4.5],
    [[1, 2, 9], 4],
    [[1, 2, 4, 100], 3],
    [[-100, 1, 2, 6, 100], 3],
    [[-9, -9, 1, 3, 5, 6, 7, 8], 3.75],
    [[0, 1, 2, 3, 4, 5, 60], 3],
  ])('takes ⌊n/4⌋ off each end: of %j it is %d', (xs, expected) => {
    expect(interquartileMean(xs)).toBe(expected)
  })

  test("is SciPy's trim_mean(x, 0.25), as in its manual", () => {
    // x = np.arange(20).reshape(5, 4), by columns and by rows; then [1, 2, 3, 5].
    const columns = [0, 1, 2, 3].map((c) => [0, 4, 8, 12, 16].map((x) => x + c))
    expect(columns.map(interquartileMean)).toEqual([8, 9, 10, 11])
    const rows = [0, 4, 8, 12, 16].map((first) => [0, 1, 2, 3].map((x) => first + x))
    expect(rows.map(interquartileMean)).toEqual([1.5, 5.5, 9.5, 13.5, 17.5])
    expect(interquartileMean([1, 2, 3, 5])).toBe(2.5)
  })

  test('reads numbers unchanged, and is NaN if there are none', () => {
    expect(expectPure(interquartileMean, [10, 9, 2, 1])).toBe(5.5)
    expect(expectPure(interquartileMean, Float32Array.of(-1, -10, 9, 100))).toBe(4)
    expect(interquartileMean([])).toBeNaN()
  })

  test.prop([fc.array(whole, { minLength: 1, maxLength: 30 })])(
    'lies between the least and the largest',
    (xs) => {
      const iqm = interquartileMean(xs)
      expect(iqm).toBeGreaterThanOrEqual(Math.min(...xs))
      expect(iqm).toBeLessThanOrEqual(Math.max(...xs))
    },
  )

  test.prop([shuffled])('does not see the order, to the bit', ([xs, ys]) => {
    expect(interquartileMean(ys)).toBe(interquartileMean(xs))
  })

  test.prop([whole, fc.integer({ min: 1, max: 30 })])('of equal numbers is their mean', (x, n) => {
    const xs = Array.from({ length: n }, () => x)
    expect(interquartileMean(xs)).toBe(x)
    expect(interquartileMean(xs)).toBe(mean(xs))
  })

  test.prop([doubles, fc.double({ min: -3, max: 3, noNaN: true }), whole])(
    'of a x + b is a of x, plus b, for negative a, too',
    (xs, a, b) => {
      const moved = interquartileMean(xs.map((x) => a * x + b))
      expectClose([moved], [a * interquartileMean(xs) + b], 1e-12, 1e-10)
    },
  )

  test.prop([fc.array(whole, { minLength: 4, maxLength: 30 }), fc.integer({ min: 0 })])(
    'does not see how far away the outer quarters are',
    (xs, far) => {
      const sorted = xs.toSorted((a, b) => a - b)
      const cut = Math.floor(xs.length / 4)
      const moved = sorted.map((x, i) => (i < cut ? x - far : i >= xs.length - cut ? x + far : x))
      expect(interquartileMean(moved)).toBe(interquartileMean(xs))
    },
  )
})

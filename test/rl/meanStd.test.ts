import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { mean, meanStd } from '../../src/rl/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
  minLength: 1,
  maxLength: 20,
})

describe('meanStd', () => {
  test('divides by n, both times', () => {
    expect(expectPure(meanStd, [2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, std: 2 })
    expect(meanStd(Float32Array.of(1, 2))).toEqual({ mean: 1.5, std: 0.5 })
    expect(meanStd([-7])).toEqual({ mean: -7, std: 0 })
    expect(mean([1, 2, 6])).toBe(3)
  })

  test('is NaN where there is nothing', () => {
    expect(meanStd([])).toEqual({ mean: NaN, std: NaN })
    expect(mean([])).toBeNaN()
  })

  test.prop([
    numbers,
    fc.double({ min: -3, max: 3, noNaN: true }),
    fc.integer({ min: -9, max: 9 }),
  ])('std scales with |a| and does not see b, in a x + b', (xs, a, b) => {
    const [of, moved] = [meanStd(xs), meanStd(xs.map((x) => a * x + b))]
    expectClose([moved.mean], [a * of.mean + b], 1e-12, 1e-11)
    expectClose([moved.std], [Math.abs(a) * of.std], 1e-12, 1e-11)
    expect(mean(xs)).toBe(of.mean)
  })
})

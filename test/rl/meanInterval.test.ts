import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { meanInterval } from '../../src/rl/meanInterval.ts'
import { meanStd } from '../../src/rl/meanStd.ts'

const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 60 })

describe('the interval of a mean', () => {
  // scipy.stats.t.ppf(0.975, n - 1)
  test.each([
    [2, 12.706204736432095],
    [3, 4.302652729749462],
    [6, 2.5705818356363146],
    [10, 2.2621571627409915],
    [11, 2.2281388519649385],
    [20, 2.093024054408263],
    [31, 2.0422724563012373],
    [101, 1.983971518523552],
    [1001, 1.9623390808264078],
  ])('of %i numbers is as wide as Student has it', (n, t) => {
    const xs = Array.from({ length: n }, (_, i) => (i * i) % 7)
    const { mean, std } = meanStd(xs)
    const [low, high] = meanInterval(xs)
    const half = (t * std) / Math.sqrt(n - 1)
    expect(Math.abs((high - low) / (2 * half) - 1)).toBeLessThan(1e-4)
    expect((low + high) / 2).toBeCloseTo(mean, 9)
  })

  test.prop([numbers, fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 9 })])(
    'moves and stretches with the numbers, and holds their mean',
    (xs, a, b) => {
      const [low, high] = meanInterval(xs)
      const [movedLow, movedHigh] = meanInterval(xs.map((x) => a + b * x))
      expect(movedLow).toBeCloseTo(a + b * low, 6)
      expect(movedHigh).toBeCloseTo(a + b * high, 6)
      const { mean } = meanStd(xs)
      expect(low <= mean && mean <= high).toBe(true)
    },
  )

  test('of equal numbers has no width, and there is none of fewer than two', () => {
    expect(meanInterval([3, 3, 3])).toEqual([3, 3])
    expect(meanInterval([3])).toEqual([NaN, NaN])
    expect(meanInterval([])).toEqual([NaN, NaN])
  })
})

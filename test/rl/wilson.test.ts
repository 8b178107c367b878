import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { wilson } from '../../src/rl/index.ts'

const counts = fc
  .nat({ max: 400 })
  .chain((n) => fc.tuple(fc.nat({ max: n }), fc.constant(n)))
  .filter(([, n]) => n > 0)

describe('the score interval of a proportion', () => {
  test.prop([counts])('lies in [0, 1] around k/n', ([k, n]) => {
    const [low, high] = wilson(k, n)
    expect(low).toBeGreaterThanOrEqual(0)
    expect(high).toBeLessThanOrEqual(1)
    expect(low).toBeLessThanOrEqual(k / n)
    expect(high).toBeGreaterThanOrEqual(k / n)
    expect(high - low).toBeGreaterThan(0)
  })

  test.prop([counts])('mirrors that of the failures', ([k, n]) => {
    const [low, high] = wilson(k, n)
    const [from, to] = wilson(n - k, n)
    expect(low).toBeCloseTo(1 - to, 12)
    expect(high).toBeCloseTo(1 - from, 12)
  })

  test.prop([counts])('ends where the score test of p gives z = 1.96', ([k, n]) => {
    for (const end of wilson(k, n)) {
      if (end <= 1e-9 || end >= 1 - 1e-9) continue
      const z = Math.abs(k / n - end) / Math.sqrt((end * (1 - end)) / n)
      expect(z).toBeCloseTo(1.959963984540054, 6)
    }
  })

  test.each([
    [0, 10, 0, 0.27753279],
    [5, 10, 0.23659309, 0.76340691],
    [198, 200, 0.96427, 0.99725],
  ])('of %i in %i is that of statsmodels', (k, n, low, high) => {
    expect(wilson(k, n)[0]).toBeCloseTo(low, 4)
    expect(wilson(k, n)[1]).toBeCloseTo(high, 4)
  })

  test('of nothing is everything', () => {
    expect(wilson(0, 0)).toEqual([0, 1])
  })

  test.each([
    [1, -1, 'n: expected a whole number >= 0, got -1'],
    [3, 2, 'k: expected a whole number from 0 to 2, got 3'],
    [0.5, 2, 'k: expected a whole number from 0 to 2, got 0.5'],
  ])('rejects %d of %d', (k, n, message) => {
    expect(() => wilson(k, n)).toThrow(message)
  })
})

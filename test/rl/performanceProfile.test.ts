import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { rl } from '../../src/index.ts'

const scores = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 20 })
const thresholds = Array.from({ length: 43 }, (_, i) => i - 21)

describe('a performance profile', () => {
  test.prop([scores])('falls from 1 below all scores to 0 at the largest', (xs) => {
    const profile = rl
      .performanceProfile(thresholds)(xs)
      .map(({ share }) => share)
    expect(profile[0]).toBe(1)
    expect(profile.at(-1)).toBe(0)
    expect(profile).toEqual(profile.toSorted((a, b) => b - a))
  })

  test.prop([scores])('has the mean score as its area', (xs) => {
    // Scores are whole numbers: Σ over τ of P(x > τ) counts those from the least threshold on.
    const area = rl
      .performanceProfile(thresholds)(xs)
      .reduce((sum, { share }) => sum + share, 0)
    expect(area + thresholds[0]!).toBeCloseTo(rl.mean(xs), 10)
  })

  test.prop([scores])('lies within its intervals', (xs) => {
    for (const { share, interval } of rl.performanceProfile([-3.5, 0, 4])(xs)) {
      expect(interval[0]).toBeLessThanOrEqual(share)
      expect(interval[1]).toBeGreaterThanOrEqual(share)
    }
  })

  test('counts a run without a score below every threshold', () => {
    const [point] = rl.performanceProfile([-1e300])([-Infinity, 0])
    expect(point!.share).toBe(0.5)
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { gae, kStepAdvantage, kStepWeights } from '../../src/rl/index.ts'
import { expectClose } from '../support/centralDifference.ts'
import { column, columnOf, isCut, stepsOf, unit } from '../support/steps.ts'

const counts = fc.integer({ min: 1, max: 30 })

const sum = (x: Float64Array): number => x.reduce((a, b) => a + b, 0)

describe('kStepWeights', () => {
  test.prop([column(), unit, unit])(
    'mix k-step advantages to gae at every step',
    (c, gamma, lambda) => {
      const steps = stepsOf([c])
      const each = c.reward.map((_, i) => columnOf(kStepAdvantage({ gamma, k: i + 1 })(steps)))
      const mixed = c.reward.map((_, t) => {
        let end = t
        while (!isCut(c, end)) end++
        return kStepWeights(lambda, end - t + 1).reduce((all, w, i) => all + w * each[i]![t]!, 0)
      })
      expectClose(mixed, columnOf(gae({ gamma, lambda })(steps)), 1e-11, 1e-10)
    },
  )

  test.prop([unit, counts])('are not negative and add up to 1', (lambda, count) => {
    const weights = kStepWeights(lambda, count)
    expect(weights.every((w) => w >= 0)).toBe(true)
    expect(sum(weights)).toBeCloseTo(1, 12)
  })

  test.prop([counts])(
    'are the TD residual alone at λ = 0, the whole return alone at 1',
    (count) => {
      expect(kStepWeights(0, count).indexOf(1)).toBe(0)
      expect(kStepWeights(1, count).indexOf(1)).toBe(count - 1)
    },
  )

  test('refuses what is out of range', () => {
    expect(() => kStepWeights(1.1, 3)).toThrow('lambda: expected a number from 0 to 1, got 1.1')
    expect(() => kStepWeights(0.9, 0)).toThrow('count')
  })
})

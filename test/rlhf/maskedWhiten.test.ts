import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { maskedWhiten, whitenRewardsConfig } from '../../src/rlhf/maskedWhiten.ts'
import { expectClose } from '../support/centralDifference.ts'

const rows = fc.array(
  fc.record({ x: fc.double({ min: -9, max: 9, noNaN: true }), counts: fc.boolean() }),
  { minLength: 3, maxLength: 12 },
)

const moments = (x: readonly number[], ddof: 0 | 1) => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length
  return {
    mean,
    variance: x.reduce((a, b) => a + (b - mean) ** 2, 0) / (x.length - ddof),
  }
}

describe('whitening under a mask', () => {
  test.prop({ rows, shiftMean: fc.boolean(), ddof: fc.constantFrom(0, 1) })(
    'leaves the mean or makes it 0, makes the variance 1, and gives 0 where the mask does',
    ({ rows, shiftMean, ddof }) => {
      const kept = rows.filter(({ counts }) => counts).map(({ x }) => x)
      fc.pre(kept.length > 1 && moments(kept, ddof).variance > 1e-3)
      const out = maskedWhiten(
        { shiftMean, ddof, epsilon: 0 },
        rows.map(({ x }) => x),
        rows.map(({ counts }) => Number(counts)),
      )
      rows.forEach(({ counts }, i) => counts || expect(out[i]).toBe(0))
      const white = Array.from(out).filter((_, i) => rows[i]!.counts)
      const { mean, variance } = moments(white, ddof)
      expectClose(mean, shiftMean ? 0 : moments(kept, ddof).mean, 1e-9, 1e-9)
      expectClose(variance, 1, 1e-9, 0)
    },
  )

  test('equals what TRL computes for [1, 2, 3, 100], where the last is padding', () => {
    // masked_whiten(torch.tensor([[1., 2., 3., 100.]]), mask, shift_mean=False), in f64
    const white = maskedWhiten(whitenRewardsConfig, [1, 2, 3, 100], [1, 1, 1, 0])
    expectClose(white, [1.000000005, 2, 2.999999995, 0], 1e-12, 0)
  })

  test.each([
    [[1, NaN], [1, 1], 'values[row=1]: expected a finite number, got NaN'],
    [[1, 2], [1], 'mask: expected 2 numbers, got 1'],
    [[1, 2], [1, 0], 'values: expected more than 1 unmasked values, got 1'],
  ])('refuses %j under %j', (values, mask, problem) => {
    expect(() => maskedWhiten(whitenRewardsConfig, values, mask)).toThrow(problem)
  })

  test('does not read what the mask leaves out', () => {
    expect(Array.from(maskedWhiten(whitenRewardsConfig, [1, NaN, 3], [1, 0, 1]))[1]).toBe(0)
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { adaptLearningRate } from '../../src/optim/index.ts'

describe('adaptLearningRate', () => {
  const adapt = adaptLearningRate({ desiredKl: 0.01 })

  test.prop({
    rate: fc.double({ min: 1e-5, max: 1e-2, noNaN: true }),
    kl: fc.double({ min: 0, max: 1, noNaN: true }),
  })('stays inside its bounds, and never rises with the KL', ({ rate, kl }) => {
    const next = adapt(rate, kl)
    expect(next).toBeGreaterThanOrEqual(1e-5)
    expect(next).toBeLessThanOrEqual(1e-2)
    if (kl > 0) expect(adapt(rate, 2 * kl)).toBeLessThanOrEqual(next)
  })

  test.prop({
    rate: fc.double({ min: Number.MIN_VALUE, max: 1e3, noNaN: true }),
    kl: fc.double({ min: 0, noNaN: true }),
  })('never moves against the KL, nor away from its bounds, wherever it is', ({ rate, kl }) => {
    const next = adapt(rate, kl)
    if (kl > 0.02) expect(next).toBeLessThanOrEqual(rate)
    else if (kl > 0 && kl < 0.005) expect(next).toBeGreaterThanOrEqual(rate)
    else expect(next).toBe(rate)
    if (rate < 1e-5) expect(next).toBeGreaterThanOrEqual(rate)
    if (rate > 1e-2) expect(next).toBeLessThanOrEqual(rate)
  })

  test('more than twice the KL divides by 1.5, less than half multiplies, between stays', () => {
    expect(adapt(3e-3, 0.021)).toBe(3e-3 / 1.5)
    expect(adapt(3e-3, 0.0049)).toBe(3e-3 * 1.5)
    expect(adapt(3e-3, 0.01)).toBe(3e-3)
  })

  test('the borders themselves, and a KL of 0, leave the rate', () => {
    expect(adapt(3e-3, 0.02)).toBe(3e-3)
    expect(adapt(3e-3, 0.005)).toBe(3e-3)
    expect(adapt(3e-3, 0)).toBe(3e-3)
    expect(adapt(3e-3, Number.MIN_VALUE)).toBe(3e-3 * 1.5)
  })

  test('the bounds: 1e-5 and 1e-2, or the given ones', () => {
    expect(adapt(1.2e-5, 1)).toBe(1e-5)
    expect(adapt(9e-3, 1e-9)).toBe(1e-2)
    const own = adaptLearningRate({ desiredKl: 1, factor: 2, min: 0.25, max: 4 })
    expect([own(1, 3), own(0.4, 3), own(1, 0.1), own(3, 0.1)]).toStrictEqual([0.5, 0.25, 2, 4])
  })

  test('a KL of NaN is an error, an infinite one is far', () => {
    expect(() => adapt(3e-3, NaN)).toThrow(new RangeError('kl: expected a number, got NaN'))
    expect(adapt(3e-3, Infinity)).toBe(3e-3 / 1.5)
  })

  test.each([
    [{ desiredKl: 0 }, 'desiredKl: expected a number > 0, got 0'],
    [{ desiredKl: NaN }, 'desiredKl: expected a number > 0, got NaN'],
    [{ desiredKl: 1, factor: 1 }, 'factor: expected a number > 1, got 1'],
    [{ desiredKl: 1, factor: NaN }, 'factor: expected a number > 1, got NaN'],
    [{ desiredKl: 1, min: 0 }, 'min: expected a number > 0, got 0'],
    [{ desiredKl: 1, min: 0.5, max: 0.25 }, 'max: expected a number >= 0.5, got 0.25'],
    [{ desiredKl: 1, min: 0.5 }, 'max: expected a number >= 0.5, got 0.01'],
    [{ desiredKl: 1, max: NaN }, 'max: expected a number >= 0.00001, got NaN'],
  ])('%j is refused', (config, message) => {
    expect(() => adaptLearningRate(config)).toThrow(new RangeError(message))
  })

  test('bounds that are one number hold the rate there', () => {
    const held = adaptLearningRate({ desiredKl: 1, min: 0.5, max: 0.5 })
    expect([held(0.5, 9), held(0.5, 0.1)]).toStrictEqual([0.5, 0.5])
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { constant, linearStairs } from '../../src/optim/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

const stairs = {
  value: fc.double({ min: 1e-6, max: 10, noNaN: true }),
  stages: fc.integer({ min: 1, max: 200 }),
  steps: fc.integer({ min: 1, max: 50 }),
}

test.prop({ value: fc.double(), count: fc.nat() })('constant is the value', ({ value, count }) => {
  expect(constant(value)(count)).toBe(value)
})

describe('linearStairs', () => {
  test.prop({ ...stairs, count: fc.nat(20_000) })(
    'is value · (1 − stage / stages) while there are stages, and 0 after',
    ({ value, stages, steps, count }) => {
      const stage = (count - (count % steps)) / steps
      expectClose(
        expectPure(linearStairs(value, stages, steps), count),
        (value * Math.max(0, stages - stage)) / stages,
        1e-12,
        1e-15 * value,
      )
    },
  )

  test.prop(stairs)('starts at the value and ends with a stair of value / stages', (x) => {
    const { value, stages, steps } = x
    const schedule = linearStairs(value, stages, steps)
    expect(schedule(0)).toBe(value)
    expect(schedule(steps - 1)).toBe(value)
    expectClose(schedule((stages - 1) * steps), value / stages, 1e-12, 1e-15 * value)
    expectClose(schedule(stages * steps - 1), value / stages, 1e-12, 1e-15 * value)
    expect(schedule(stages * steps)).toBe(0)
  })

  test.prop({ ...stairs, count: fc.nat(20_000) })(
    'never rises, never falls below 0, and is flat on a stair',
    ({ value, stages, steps, count }) => {
      const schedule = linearStairs(value, stages, steps)
      expect(schedule(count + 1)).toBeLessThanOrEqual(schedule(count))
      expect(schedule(count)).toBeGreaterThanOrEqual(0)
      expect(schedule(count)).toBe(schedule(count - (count % steps)))
    },
  )

  test('CleanRL’s four iterations of 2 steps: 1, ¾, ½, ¼', () => {
    const schedule = linearStairs(1, 4, 2)
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 99].map(schedule)).toStrictEqual([
      1, 1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0, 0,
    ])
  })
})

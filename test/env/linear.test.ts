import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { clip, lay } from '../../src/env/linear.ts'

const finite = fc.double({ min: -1e300, max: 1e300, noNaN: true })
const range = fc
  .tuple(finite, finite)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)

test('clip holds a number within bounds, and leaves it alone there', () => {
  expect([-3, -1, 0.5, 2, 7].map((x) => clip(x, -1, 2))).toEqual([-1, -1, 0.5, 2, 2])
  expect(clip(-7, -Infinity, Infinity)).toBe(-7)
})

describe('lay', () => {
  test('is linear', () => {
    expect([0, 1, 2, 3, 4].map((x) => lay(x, 0, 4, 10, 30))).toEqual([10, 15, 20, 25, 30])
    expect(lay(0.25, -1, 1, -2, 2)).toBe(0.5)
  })

  test('keeps the ends that it comes from', () => {
    expect([-Infinity, -5, 5, Infinity].map((x) => lay(x, -1, 1, 3, 9))).toEqual([3, 3, 9, 9])
  })

  test.prop([range, fc.tuple(finite, finite)])(
    'meets both ends to the bit, whatever they are',
    ([from, to], [a, b]) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      expect(lay(from, from, to, low, high) - low).toBe(0)
      expect(lay(to, from, to, low, high) - high).toBe(0)
    },
  )

  test.prop([range, finite, finite, range])(
    'never falls, and never leaves what it goes to',
    ([from, to], x, y, [low, high]) => {
      const [first, second] = [Math.min(x, y), Math.max(x, y)].map((z) =>
        lay(z, from, to, low, high),
      ) as [number, number]
      expect(first).toBeLessThanOrEqual(second)
      expect(first).toBeGreaterThanOrEqual(low)
      expect(second).toBeLessThanOrEqual(high)
    },
  )
})

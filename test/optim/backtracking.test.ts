import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { backtracking } from '../../src/optim/index.ts'

test.prop({
  shrink: fc.constantFrom(0.5, 0.8, 0.9),
  steps: fc.integer({ min: 1, max: 12 }),
  limit: fc.double({ min: 0, max: 1.5, noNaN: true }),
})('is the first of 1, shrink, shrink² … that is accepted, or null', ({ shrink, steps, limit }) => {
  const all: number[] = []
  for (let i = 0, fraction = 1; i < steps; i++, fraction *= shrink) all.push(fraction)
  const tried: number[] = []
  const found = backtracking({ shrink, steps })((fraction) => {
    tried.push(fraction)
    return fraction <= limit
  })
  const at = all.findIndex((fraction) => fraction <= limit)
  expect(found).toBe(at < 0 ? null : all[at])
  expect(tried).toStrictEqual(at < 0 ? all : all.slice(0, at + 1))
})

test('by hand: halves, three of them', () => {
  const search = backtracking({ shrink: 0.5, steps: 3 })
  expect(search(() => true)).toBe(1)
  expect(search((x) => x < 0.3)).toBe(0.25)
  expect(search((x) => x < 0.2)).toBeNull()
})

test.each([0, 1, -0.5, 2, NaN])('a shrink of %d is none', (shrink) => {
  expect(() => backtracking({ shrink, steps: 3 })).toThrow(
    new RangeError(`shrink: expected a number > 0 and < 1, got ${shrink}`),
  )
})

test.each([0, 1.5, -1, NaN, Infinity])('%d is not a number of steps', (steps) => {
  expect(() => backtracking({ shrink: 0.5, steps })).toThrow(
    new RangeError(`steps: expected a whole number >= 1, got ${steps}`),
  )
})

test('just inside the borders they are allowed, and one step is the full one', () => {
  for (const shrink of [Number.MIN_VALUE, 1 - Number.EPSILON])
    expect(backtracking({ shrink, steps: 1 })((fraction) => fraction === 1)).toBe(1)
})

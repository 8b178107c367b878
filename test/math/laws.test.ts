import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { f32, f64 } from '../../src/math/real.ts'
import { cases } from '../support/thorough.ts'
import { functionNames, inputs } from './inputs.ts'

const runs = { seed: 20_170_720, numRuns: cases(2_000, 20_000) }

const isInside = (y: number): boolean => Number.isNaN(y) || (y >= -1 && y <= 1)

describe.each([
  { real: f64, name: 'f64', numbers: fc.double({ noNaN: true }) },
  { real: f32, name: 'f32', numbers: fc.float({ noNaN: true }) },
])('in $name', ({ real, numbers }) => {
  test.prop([numbers], runs)('tanh is odd, to the bit', (x) => {
    expect(real.tanh(-x)).toBe(-real.tanh(x))
  })

  test.prop([numbers], runs)('sin is odd, to the bit', (x) => {
    expect(real.sin(-x)).toBe(-real.sin(x))
  })

  test.prop([numbers], runs)('cos is even, to the bit', (x) => {
    expect(real.cos(-x)).toBe(real.cos(x))
  })

  test.prop([numbers], runs)('tanh, sin and cos stay within −1 and 1', (x) => {
    expect([real.tanh(x), real.sin(x), real.cos(x)].every(isInside)).toBe(true)
  })

  test.prop([numbers, numbers], runs)('exp, log, log1p and tanh never fall as x grows', (a, b) => {
    // Among neighbors an error above half an ulp can swap two results; 2^-20 apart it cannot.
    const low = Math.min(a, b)
    const high = Math.max(a, b)
    const areNear = high - low < 2 ** -20 * Math.max(Math.abs(low), Math.abs(high))
    const falls = (f: (x: number) => number): boolean => !areNear && f(low) > f(high)
    expect([real.exp, real.log, real.log1p, real.tanh].some(falls)).toBe(false)
  })
})

describe('on a grid in steps of 3e-5', () => {
  it.each([f64, f32])('exp and tanh of $dtype never fall', ({ exp, tanh, round }) => {
    const grid = Array.from({ length: 200_000 }, (_, i) => round(-3 + i * 3e-5))
    const falls = (f: (x: number) => number): number[] =>
      grid.filter((x, i) => i > 0 && f(grid[i - 1] ?? x) > f(x))
    expect(falls(exp)).toEqual([])
    expect(falls(tanh)).toEqual([])
  })
})

it.each(functionNames)('%s of f32 numbers is an f32 number', (name) => {
  const next = inputs(name, true, 3)
  const results = Array.from({ length: 20_000 }, () => f32[name](next()))
  expect(results.map(Math.fround)).toEqual(results)
})

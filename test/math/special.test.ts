import { describe, expect, test } from 'vitest'
import { f32, f64 } from '../../src/math/real.ts'
import { functionNames } from './inputs.ts'

const least = { f64: Number.MIN_VALUE, f32: 2 ** -149 }

describe.each([f64, f32])('in $dtype', (real) => {
  test.each(functionNames)('%s(NaN) is NaN', (name) => {
    expect(real[name](NaN)).toBeNaN()
  })

  test.each([
    ['exp', -Infinity, 0],
    ['exp', Infinity, Infinity],
    ['exp', 0, 1],
    ['exp', -0, 1],
    ['exp', 1e5, Infinity],
    ['exp', -1e5, 0],
    ['log', 0, -Infinity],
    ['log', -0, -Infinity],
    ['log', 1, 0],
    ['log', Infinity, Infinity],
    ['log', -1, NaN],
    ['log', -Infinity, NaN],
    ['log1p', 0, 0],
    ['log1p', -0, -0],
    ['log1p', -1, -Infinity],
    ['log1p', -1.5, NaN],
    ['log1p', -Infinity, NaN],
    ['log1p', Infinity, Infinity],
    ['tanh', 0, 0],
    ['tanh', -0, -0],
    ['tanh', Infinity, 1],
    ['tanh', -Infinity, -1],
    ['tanh', 100, 1],
    ['tanh', -100, -1],
    ['sin', 0, 0],
    ['sin', -0, -0],
    ['sin', Infinity, NaN],
    ['sin', -Infinity, NaN],
    ['cos', 0, 1],
    ['cos', -0, 1],
    ['cos', Infinity, NaN],
    ['cos', -Infinity, NaN],
  ] as const)('%s(%d) is %d', (name, x, expected) => {
    expect(real[name](x)).toBe(expected)
  })

  test.each(['log1p', 'tanh', 'sin'] as const)('%s gives tiny numbers back', (name) => {
    const tiny = least[real.dtype]
    for (const x of [tiny, -tiny, 3 * tiny, 2 ** -100]) expect(real[name](x)).toBe(x)
  })

  test('numbers are rounded to its own precision', () => {
    expect(real.round(0.1)).toBe(real.dtype === 'f32' ? 0.10000000149011612 : 0.1)
  })
})

test('the f64 exp overflows and underflows just past its thresholds', () => {
  expect(f64.exp(709.782712893384)).toBeLessThan(Infinity)
  expect(f64.exp(709.7827128933841)).toBe(Infinity)
  expect(f64.exp(-745.1332191019411)).toBe(Number.MIN_VALUE)
  expect(f64.exp(-745.1332191019412)).toBe(0)
})

test('the f32 exp overflows and underflows just past its thresholds', () => {
  expect(f32.exp(88.72283172607422)).toBeLessThan(Infinity)
  expect(f32.exp(88.72284698486328)).toBe(Infinity)
  expect(f32.exp(Math.fround(-103.97208))).toBe(2 ** -149)
  expect(f32.exp(Math.fround(-103.97209))).toBe(0)
})

test('the round of f32 is Math.fround itself', () => {
  expect(f32.round).toBe(Math.fround)
})

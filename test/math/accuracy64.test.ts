import { describe, expect, test } from 'vitest'
import { log, roughLog } from '../../src/math/f64/log.ts'
import { f64 } from '../../src/math/real.ts'
import { COUNT, greatestError } from './accuracy.ts'
import { generator } from './generator.ts'
import { type FunctionName, functionNames } from './inputs.ts'
import { scale } from './ulp.ts'

/** The bounds that the docstrings of src/math/f64 state, in ulps. */
const bounds: Record<FunctionName, number> = {
  exp: 0.65,
  log: 0.7,
  log1p: 0.7,
  tanh: 0.65,
  sin: 0.65,
  cos: 0.65,
}

describe(`over ${COUNT} arguments the f64 error`, () => {
  test.each(functionNames)('of %s stays below the bound its docstring states', (name) => {
    expect(greatestError(f64, name)).toBeLessThan(bounds[name])
  })
})

test('roughLog is off by less than its docstring states', () => {
  const { uniform, integer } = generator(1)
  let greatest = 0
  for (let i = 0; i < COUNT; i++) {
    const x = scale(uniform(1, 2), integer(0, i % 2 === 0 ? 1 : 1000))
    const exact = log(x)
    greatest = Math.max(greatest, Math.abs(roughLog(x) - exact) / Math.max(1, exact))
  }
  expect(greatest).toBeLessThan(3e-16)
})

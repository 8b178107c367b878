import { describe, expect, test } from 'vitest'
import { f64 } from '../../src/math/real.ts'
import { COUNT, greatestError } from './accuracy.ts'
import { type FunctionName, functionNames } from './inputs.ts'

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

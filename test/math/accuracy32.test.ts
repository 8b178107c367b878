import { describe, expect, test } from 'vitest'
import { f32 } from '../../src/math/real.ts'
import { COUNT, greatestError } from './accuracy.ts'
import { type FunctionName, functionNames } from './inputs.ts'

/** The bounds that the docstrings of src/math/f32 state, in ulps. */
const bounds: Record<FunctionName, number> = {
  exp: 1,
  log: 0.95,
  log1p: 0.95,
  tanh: 1.45,
  sin: 0.95,
  cos: 0.95,
}

describe(`over ${COUNT} arguments the f32 error`, () => {
  test.each(functionNames)('of %s stays below the bound its docstring states', (name) => {
    expect(greatestError(f32, name)).toBeLessThan(bounds[name])
  })
})

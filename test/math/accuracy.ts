import type { Real } from '../../src/math/real.ts'
import { cases } from '../support/thorough.ts'
import { type FunctionName, inputs } from './inputs.ts'
import { quickOracle } from './quickOracle.ts'
import { double, type Exact, single, ulpError } from './ulp.ts'

/** How many arguments each function is tried on. */
export const COUNT = cases(200_000, 1_000_000)

/** The greatest error in ulps of a function of `real` over COUNT arguments; NaN if one is NaN. */
export const greatestError = (real: Real, name: FunctionName): number => {
  const isSingle = real.dtype === 'f32'
  const format = isSingle ? single : double
  const next = inputs(name, isSingle, 20_170_720)
  const compute = real[name]
  const judge = quickOracle[name]
  const exact: Exact = { high: 0.5, low: 0.5, exponent: 0 }
  let greatest = 0
  for (let i = 0; i < COUNT; i += 1) {
    const x = next()
    judge(x, exact)
    // Math.max keeps a NaN once it has one.
    greatest = Math.max(greatest, ulpError(compute(x), exact, format))
  }
  return greatest
}

import type { Real } from '../precision.ts'
import { exp } from './exp.ts'
import { log, log1p } from './log.ts'
import { tanh } from './tanh.ts'
import { cos, sin } from './trig.ts'

/** Double precision. */
export const f64: Real = { dtype: 'f64', round: (x) => x, exp, log, log1p, tanh, sin, cos }

import type { Real } from '../precision.ts'
import { exp } from './exp.ts'
import { log, log1p } from './log.ts'
import { tanh } from './tanh.ts'
import { cos, sin } from './trig.ts'

/**
 * Single precision: the bits are those of plain f32 arithmetic, without fused operations.
 * Every operation is rounded by Math.fround, unless its result is an f32 number as it is.
 */
export const f32: Real = { dtype: 'f32', round: Math.fround, exp, log, log1p, tanh, sin, cos }

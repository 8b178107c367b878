import * as exp32 from './f32/exp.ts'
import * as log32 from './f32/log.ts'
import * as tanh32 from './f32/tanh.ts'
import * as trig32 from './f32/trig.ts'
import * as exp64 from './f64/exp.ts'
import * as log64 from './f64/log.ts'
import * as tanh64 from './f64/tanh.ts'
import * as trig64 from './f64/trig.ts'

/**
 * The scalar functions of one precision, with the same bits in every JavaScript engine.
 *
 * They use only + − × ÷, comparisons, rounding and bit operations: ECMAScript leaves the last
 * bits of Math.exp and its like to the engine, but not of these.
 * Arguments are numbers of the precision, and so are the results; errors are below 0.7 ulp for
 * f64 and below 1.45 ulp for f32. Each function states its method, bound and special values.
 */
export interface Real {
  readonly dtype: 'f32' | 'f64'
  /** Rounds to this precision: Math.fround, or the identity. */
  readonly round: (x: number) => number
  readonly exp: (x: number) => number
  readonly log: (x: number) => number
  readonly log1p: (x: number) => number
  readonly tanh: (x: number) => number
  readonly sin: (x: number) => number
  readonly cos: (x: number) => number
}

/** Double precision. */
export const f64: Real = {
  dtype: 'f64',
  round: (x) => x,
  exp: exp64.exp,
  log: log64.log,
  log1p: log64.log1p,
  tanh: tanh64.tanh,
  sin: trig64.sin,
  cos: trig64.cos,
}

/**
 * Single precision: the bits are those of plain f32 arithmetic, without fused operations.
 * Every operation is rounded by Math.fround, unless its result is an f32 number as it is.
 */
export const f32: Real = {
  dtype: 'f32',
  round: Math.fround,
  exp: exp32.exp,
  log: log32.log,
  log1p: log32.log1p,
  tanh: tanh32.tanh,
  sin: trig32.sin,
  cos: trig32.cos,
}

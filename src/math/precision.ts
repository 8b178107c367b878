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

/** What of a precision the numeric kernels need. */
export type KernelReal = Pick<Real, 'dtype' | 'round' | 'exp' | 'log' | 'tanh'>

/** `round` of a precision. */
export const rounding = (dtype: Real['dtype']): Real['round'] =>
  dtype === 'f32' ? Math.fround : (x) => x

import type { Fill } from '../form.ts'
import { TANH_SOURCE } from './activation.ts'

/** The text of a fill. */
type Text = Pick<Fill, 'code' | 'value' | 'functions'>

/** `start` + Σ `term` for j from 0 to `inner` */
const sum = (start: string, term: string): string => `let sum = ${start};
  for (let j = 0; j < inner; j++) sum += ${term};`

/** The texts of matrix products and related kernels, by their names. Sums go in rising index. */
export const PRODUCTS = {
  /** bias[n] + a[m,k] b[k,n] */
  nn: { code: sum('bias(col)', 'a(row, j) * b(j, col)'), value: 'sum' },
  /** a[m,k] b[k,n] */
  product: { code: sum('0.0', 'a(row, j) * b(j, col)'), value: 'sum' },
  /** a[m,k]ᵀ b[m,n] */
  tn: { code: sum('0.0', 'a(j, row) * b(j, col)'), value: 'sum' },
  /** a[m,n] b[k,n]ᵀ */
  nt: { code: sum('0.0', 'a(row, j) * b(col, j)'), value: 'sum' },
  /** tanh(x[m,k] w[k,n] + b[n]) */
  affineTanh: {
    functions: TANH_SOURCE,
    code: sum('b(col)', 'x(row, j) * w(j, col)'),
    value: 'clampedTanh(sum)',
  },
  /** Σₘ x[m,n] */
  sumRows: { code: sum('0.0', 'x(j, i)'), value: 'sum' },
} as const satisfies Readonly<Record<string, Text>>

/** dy (1 − y²) */
export const TANH_BACKWARD = 'dy * (1.0 - y * y)'

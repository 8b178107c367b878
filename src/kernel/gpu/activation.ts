import { TANH } from '../../math/f32/constants.ts'

const [T0, T1, T2, T3, T4] = TANH

/**
 * tanh as a function of JavaScript that gpu.js compiles in every mode: `clampedTanh(x)`, to stand
 * inside the source of a kernel before its first use.
 *
 * Below |x| = 9/16 the odd polynomial of math/f32/tanh.ts; from there on
 * sign x · (1 − 2 / (e^(2|x|) + 1)), cut at |x| = 9.02, where it rounds to ±1: the tanh of some
 * drivers overflows to NaN farther out. Every x; error below 2e-7 where e^x has one of a few ulp.
 * NaN stays NaN: it meets no comparison, and the polynomial keeps it, where a driver's exp or min
 * need not.
 *
 * Without names for its parts, because gpu.js asks for their types before it knows that of x.
 */
export const TANH_SOURCE = `function clampedTanh(x) {
  if (x > 9.02) return 1.0;
  if (x < -9.02) return -1.0;
  if (x >= 0.5625) return 1.0 - 2.0 / (Math.exp(2.0 * x) + 1.0);
  if (x <= -0.5625) return 2.0 / (Math.exp(-2.0 * x) + 1.0) - 1.0;
  return x * (1.0 + x * x * (${T0} + x * x * (${T1} + x * x * (${T2} + x * x * (${T3} + x * x * ${T4})))));
}`

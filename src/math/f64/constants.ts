/**
 * The constants of the f64 functions; polynomials go from the lowest power up.
 * Made by test/math/coefficients.ts, and held to it by a test.
 */

/** (e^r − 1 − r − r²/2) / r³ for |r| <= 0.347. */
export const EXP = [
  0.16666666666666666, 0.04166666666666667, 0.008333333333333333, 0.0013888888888883703,
  0.00019841269841266383, 0.00002480158732571076, 0.0000027557319240065754, 2.755727343657049e-7,
  2.50520778646644e-8, 2.091477283224809e-9, 1.6084385114917555e-10,
] as const

/** (2·atanh(s) / s − 2) / z in z = s², for |s| <= 0.1716; multiplied by z where it is used. */
export const LOG = [
  0.6666666666666666, 0.4000000000000088, 0.28571428570801954, 0.22222222392089008,
  0.18181795600060793, 0.15386241881938595, 0.13268714792348096, 0.1308723619665962,
] as const

/** (sin r / r − 1) / z in z = r², for |r| <= 0.786. */
export const SIN = [
  -0.16666666666666666, 0.008333333333333331, -0.0001984126984126502, 0.0000027557319219304477,
  -2.5052106220409384e-8, 1.605852971266686e-10, -7.586584848459799e-13,
] as const

/** (cos r − 1 + z/2) / z² in z = r², for |r| <= 0.786. */
export const COS = [
  0.041666666666666664, -0.0013888888888888887, 0.00002480158730158462, -2.755731922138354e-7,
  2.0876755784387464e-9, -1.1470459827734685e-11, 4.745809482337876e-14,
] as const

/** ln 2 in two parts. The first has 32 bits, so that its product with an exponent is exact. */
export const LN2 = [0.6931471803691238, 1.9082149292705877e-10] as const

/** π/2 in four parts. Three have 33 bits, so that products with 20-bit integers are exact. */
export const HALF_PI = [
  1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32,
] as const

/** 1 / ln 2. */
// oxlint-disable-next-line oxc/approx-constant -- held to the script, like all the others
export const INVERSE_LN2 = 1.4426950408889634

/** 2 / π. */
export const INVERSE_HALF_PI = 0.6366197723675814

/** √2. */
// oxlint-disable-next-line oxc/approx-constant -- held to the script, like all the others
export const SQRT2 = 1.4142135623730951

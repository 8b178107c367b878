/**
 * The constants of the f32 functions; polynomials go from the lowest power up.
 * Made by test/math/coefficients.ts, and held to it by a test.
 */

/** (e^r − 1 − r) / r² for |r| <= 0.347. */
export const EXP = [
  0.5, 0.1666666716337204, 0.041666463017463684, 0.00833331048488617, 0.0013933751033619046,
  0.00019891103147529066,
] as const

/** The coefficients of e^r with less precision, for tanh. */
export const EXP_SHORT = [
  0.5, 0.16666576266288757, 0.04166655242443085, 0.00836324691772461, 0.001392626785673201,
] as const

/** (tanh x / x − 1) / z in z = x², for |x| <= 0.563. */
export const TANH = [
  -0.3333333134651184, 0.13333071768283844, -0.05390141159296036, 0.02126135863363743,
  -0.0065219891257584095,
] as const

/** (2·atanh(s) / s − 2) / z in z = s², for |s| <= 0.1716; multiplied by z where it is used. */
export const LOG = [
  0.6666666865348816, 0.4000012278556824, 0.28550803661346436, 0.23330964148044586,
] as const

/** (sin r / r − 1) / z in z = r², for |r| <= 0.786. */
export const SIN = [
  -0.1666666716337204, 0.008333331905305386, -0.00019840082677546889, 0.000002724935484366142,
] as const

/** (cos r − 1 + z/2) / z² in z = r², for |r| <= 0.786. */
export const COS = [0.0416666641831398, -0.0013888301327824593, 0.00002454747118463274] as const

/** ln 2 in two parts. The first has 15 bits, so that its product with an exponent is exact. */
export const LN2 = [0.693145751953125, 0.000001428606765330187] as const

/** π/2 in four parts. Three have 11 bits, so that products with 13-bit integers are exact. */
export const HALF_PI = [
  1.5703125, 0.0004837512969970703, 7.549533620476723e-8, 2.5633440682570896e-12,
] as const

/** 1 / ln 2. */
export const INVERSE_LN2 = 1.4426950216293335

/** 2 / π. */
export const INVERSE_HALF_PI = 0.6366197466850281

/** √2. */
export const SQRT2 = 1.4142135381698608

/** 1.5 · 2^23: adding it to a small number in f32 rounds that to an integer. */
export const ROUNDER = 12582912

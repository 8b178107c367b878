/**
 * About log p of a closed choice: not −∞, but with p = 0, so that p log p is 0 and not NaN. An f32 number
 * whose difference from any other is finite.
 */
export const LEAST = -8.507059173023462e37

/** The largest numbers below 1: 1 − 2⁻²⁴ and 1 − 2⁻⁵³. */
export const BELOW_ONE = { f32: 0.9999999403953552, f64: 0.9999999999999999 }

/** σ(x) = 1 / (1 + e⁻ˣ), where e is e^−|x|, so that no x overflows */
export const sigmoid = (x: number, e: number): number => (x >= 0 ? 1 / (1 + e) : e / (1 + e))

import { TANH } from '../../math/f32/constants.ts'

const [T0, T1, T2, T3, T4] = TANH

/**
 * tanh as a function to be declared inside the text of a kernel, of + − × ÷ and one power whose
 * argument is bounded: a driver's own tanh may overflow for large arguments, and its last bits are
 * nobody's promise.
 *
 * Near 0 the odd polynomial of the f32 tanh, farther out sign(x) (1 − 2 / (e^(2|x|) + 1)) with |x| at
 * most 9.02, from where on tanh rounds to 1.
 */
export const TANH_SOURCE = `function clampedTanh(x) {
    const a = Math.min(Math.abs(x), 9.02);
    const z = a * a;
    const near = a * (1 + z * (${T0} + z * (${T1} + z * (${T2} + z * (${T3} + z * ${T4})))));
    const far = 1 - 2 / (Math.exp(2 * a) + 1);
    let y = far;
    if (a < 0.5625) {
      y = near;
    }
    if (x < 0) {
      y = -y;
    }
    return y;
  }`

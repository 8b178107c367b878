import type { KernelReal } from '../../math/real.ts'
import type { AdamKernel } from '../kernels.ts'

export const adamKernel =
  ({ round }: KernelReal): AdamKernel =>
  (step, mNext, vNext, g, m, v, scalars) => {
    const beta1 = round(scalars.beta1)
    const beta2 = round(scalars.beta2)
    const rest1 = round(1 - scalars.beta1)
    const rest2 = round(1 - scalars.beta2)
    const epsilon = round(scalars.epsilon)
    const rate = round(scalars.learningRate / scalars.correction1)
    const scale = round(1 / Math.sqrt(scalars.correction2))
    for (let i = 0; i < step.length; i++) {
      const gi = g[i]!
      const mi = round(round(beta1 * m[i]!) + round(rest1 * gi))
      const vi = round(round(beta2 * v[i]!) + round(round(rest2 * gi) * gi))
      mNext[i] = mi
      vNext[i] = vi
      const denominator = round(round(round(Math.sqrt(vi)) * scale) + epsilon)
      step[i] = -round(round(rate * mi) / denominator)
    }
  }

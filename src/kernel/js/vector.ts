import type { KernelReal } from '../../math/real.ts'
import type { VectorKernels } from '../kernels.ts'

const LANES = 16

export const vectorKernels = ({ round, exp }: KernelReal): VectorKernels => ({
  sumSquares: (x) => {
    const s = new Float64Array(LANES)
    for (let i = 0; i < x.length; i++) {
      const xi = x[i]!
      s[i % LANES] = round(s[i % LANES]! + round(xi * xi))
    }
    for (let half = LANES / 2; half >= 1; half /= 2)
      for (let j = 0; j < half; j++) s[j] = round(s[j]! + s[j + half]!)
    return s[0]!
  },

  scale: (out, x, s) => {
    const factor = round(s)
    for (let i = 0; i < out.length; i++) out[i] = round(x[i]! * factor)
  },

  exp: (out, x) => {
    for (let i = 0; i < out.length; i++) out[i] = exp(x[i]!)
  },

  add: (out, a, b) => {
    for (let i = 0; i < out.length; i++) out[i] = round(a[i]! + b[i]!)
  },

  atLeast: (out, x, least) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! < least ? least : x[i]!
  },

  mask: (out, x, open) => {
    for (let i = 0; i < out.length; i++) out[i] = open[i] === 0 ? -Infinity : x[i]!
  },
})

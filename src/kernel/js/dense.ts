import type { KernelReal } from '../../math/real.ts'
import type { Floats } from '../../tensor/tensor.ts'
import type { DenseKernels, MatmulKernels } from '../kernels.ts'

// A function of its own, so that the engine has room left to inline tanh into the loop: a real call
// would cost more than the arithmetic.
const tanhEach = (tanh: KernelReal['tanh'], y: Floats, n: number): void => {
  for (let i = 0; i < n; i++) y[i] = tanh(y[i]!)
}

export const denseKernels = ({ round, tanh }: KernelReal, matmul: MatmulKernels): DenseKernels => {
  const tanhBackward: DenseKernels['tanhBackward'] = (dz, dy, y) => {
    for (let i = 0; i < dz.length; i++) {
      const yi = y[i]!
      dz[i] = round(dy[i]! * round(1 - round(yi * yi)))
    }
  }
  const sumRows: DenseKernels['sumRows'] = (out, x, m, n) => {
    out.fill(0)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j] = out[j]! + x[i * n + j]!
  }
  return {
    affineTanh: (y, x, w, b, m, k, n) => {
      matmul.nn(y, x, w, b, m, k, n)
      tanhEach(tanh, y, m * n)
    },
    tanhBackward,
    sumRows,
  }
}

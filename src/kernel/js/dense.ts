import type { Real } from '../../math/real.ts'
import type { Floats } from '../../tensor/tensor.ts'
import type { DenseKernels, MatmulKernels } from '../kernels.ts'

// A function of its own, so that the engine has room left to inline tanh into the loop: a real call
// would cost more than the arithmetic.
const tanhEach = (tanh: Real['tanh'], y: Floats, n: number): void => {
  for (let i = 0; i < n; i++) y[i] = tanh(y[i]!)
}

export const denseKernels = ({ round, tanh }: Real, matmul: MatmulKernels): DenseKernels => ({
  affineTanh: (y, x, w, b, m, k, n) => {
    matmul.nn(y, x, w, b, m, k, n)
    tanhEach(tanh, y, m * n)
  },

  tanhBackward: (dz, dy, y) => {
    for (let i = 0; i < dz.length; i++) {
      const yi = y[i]!
      dz[i] = round(dy[i]! * round(1 - round(yi * yi)))
    }
  },

  affineBackward: (dx, dw, db, dz, x, w, m, k, n) => {
    matmul.tn(dw, x, dz, m, k, n)
    db.fill(0)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) db[j] = db[j]! + dz[i * n + j]!
    if (dx !== null) matmul.nt(dx, dz, w, m, k, n)
  },
})

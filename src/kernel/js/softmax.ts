import type { KernelReal } from '../../math/real.ts'
import type { ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { SoftmaxKernels } from '../kernels.ts'

const maxOf = (x: ReadonlyNumbers, from: number, columns: number): number => {
  let max = -Infinity
  for (let j = from; j < from + columns; j++) if (x[j]! > max) max = x[j]!
  return max
}

export const softmaxKernels = ({ round, exp, log }: KernelReal): SoftmaxKernels => {
  return {
    logSoftmax: (out, x, rows, columns) => {
      for (let from = 0; from < rows * columns; from += columns) {
        const max = maxOf(x, from, columns)
        let total = 0
        for (let j = from; j < from + columns; j++) total = round(total + exp(round(x[j]! - max)))
        const logTotal = log(total)
        for (let j = from; j < from + columns; j++) out[j] = round(round(x[j]! - max) - logTotal)
      }
    },
  }
}

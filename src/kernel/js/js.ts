import { f32, f64, type Real } from '../../math/real.ts'
import type { Kernels } from '../kernels.ts'
import type { Maker } from '../maker.ts'
import { adamKernel } from './adam.ts'
import { denseKernels } from './dense.ts'
import { matmulKernels } from './matmul.ts'
import { softmaxKernels } from './softmax.ts'
import { vectorKernels } from './vector.ts'

const make = (real: Real): Kernels => {
  const matmul = matmulKernels(real)
  return {
    maker: 'js',
    dtype: real.dtype,
    alloc: (length) => (real.dtype === 'f32' ? new Float32Array(length) : new Float64Array(length)),
    matmul,
    dense: denseKernels(real, matmul),
    softmax: softmaxKernels(real),
    vector: vectorKernels(real),
    adam: adamKernel(real),
  }
}

/**
 * The readable maker: plain loops over typed arrays, the twin that the fast makers equal to the
 * bit. f32 is what trains; f64 is the same code without rounding, for gradient checks.
 */
export const js: { readonly f32: Kernels; readonly f64: Kernels } = {
  f32: make(f32),
  f64: make(f64),
}

/** The same as a maker: any memory will do. */
export const jsMaker: Maker = {
  name: 'js',
  kernels: js.f32,
  memory: (bytes, shared) => ({
    buffer: shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes),
  }),
  reserved: 0,
  over: () => js.f32,
}

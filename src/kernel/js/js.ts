import { exp } from '../../math/f32/exp.ts'
import { log } from '../../math/f32/log.ts'
import { tanh } from '../../math/f32/tanh.ts'
import { f64, type KernelReal } from '../../math/real.ts'
import { heapMachine, type Machine } from '../machine.ts'
import { backendOf, type Backend } from '../backend.ts'
import { adamKernel } from './adam.ts'
import { denseKernels } from './dense.ts'
import { matmulKernels } from './matmul.ts'
import { softmaxKernels } from './softmax.ts'
import { vectorKernels } from './vector.ts'

/** Single precision without the functions that no kernel needs, so that programs need not carry those. */
const f32: KernelReal = { dtype: 'f32', round: Math.fround, exp, log, tanh }

const make = (real: KernelReal): Machine => {
  const matmul = matmulKernels(real)
  return heapMachine('js', real.dtype, {
    matmul,
    dense: denseKernels(real, matmul),
    softmax: softmaxKernels(real),
    vector: vectorKernels(real),
    adam: adamKernel(real),
  })
}

/**
 * The readable backend: plain loops over typed arrays, which the fast backends match to the bit. f32 is
 * what trains; f64 is the same code without rounding, for gradient checks.
 */
export const js: { readonly f32: Machine; readonly f64: Machine } = {
  f32: make(f32),
  f64: make(f64),
}

/** f32 of the readable kernels, over any memory. */
export const jsBackend: Backend<'js'> = { ...backendOf(js.f32), name: 'js' }

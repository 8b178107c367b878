import type { Floats } from '../../tensor/tensor.ts'
import { affineBackward } from '../js/dense.ts'
import { js } from '../js/js.ts'
import type { DenseKernels, Kernels, MatmulKernels } from '../kernels.ts'
import type { Device } from './device.ts'
import { gpuOps, type Soon } from './ops.ts'

/**
 * The kernels of f32 with their products on a device, for what is written step by step: any config,
 * on any mode that answers at once. All else (softmax, Adam …) is that of `js`.
 *
 * @throws RangeError for webgpu, which only promises its answers
 */
export const gpuKernels = (device: Device): Kernels & { readonly destroy: () => void } => {
  if (!device.isSync)
    throw new RangeError(
      `device: expected one that answers at once, got ${device.mode}: take gpuOps, or gpuParts`,
    )
  const ops = gpuOps(device)
  const into = (out: Floats, result: Soon): void => out.set(result as Float32Array)
  const matmul: MatmulKernels = {
    nn: (out, ...how) => into(out, ops.nn(...how)),
    tn: (out, ...how) => into(out, ops.tn(...how)),
    nt: (out, ...how) => into(out, ops.nt(...how)),
    transpose: js.f32.matmul.transpose,
  }
  const sumRows: DenseKernels['sumRows'] = (out, ...how) => into(out, ops.sumRows(...how))
  return {
    ...js.f32,
    maker: `gpu ${device.mode}`,
    matmul,
    dense: {
      affineTanh: (out, ...how) => into(out, ops.affineTanh(...how)),
      tanhBackward: (out, ...how) => into(out, ops.tanhBackward(...how)),
      backThroughTanh: (out, ...how) => into(out, ops.backThroughTanh(...how)),
      sumRows,
      affineBackward: affineBackward(matmul, sumRows),
    },
    destroy: ops.destroy,
  }
}

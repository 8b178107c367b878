import { js } from '../js/js.ts'
import { heapMachine, type Machine } from '../machine.ts'
import type { Device } from './device.ts'
import { gpuOps } from './ops.ts'

/**
 * Kernels of f32 whose matrix products and layers run on a device, the rest as plain loops. Every
 * call copies its arrays to the device and back, so these kernels support any config but are not
 * fast. Their bits depend on the driver. `device.destroy` ends them.
 *
 * @throws RangeError when the device gives promises, which kernels have no place for
 */
export const gpuKernels = (device: Device): Machine => {
  if (!device.isSync)
    throw new RangeError(
      `device: expected one that returns results synchronously, got ${device.mode}, which returns promises: open webgl2, or use its ops or its plans`,
    )
  const ops = gpuOps(device)
  const own = js.f32
  /** Never a promise, as the device is one that gives none. */
  const now = <A>(soon: A | Promise<A>): A => soon as A
  return heapMachine(`gpu ${device.mode}`, 'f32', {
    softmax: own.softmax,
    vector: own.vector,
    adam: own.adam,
    matmul: {
      nn: (out, a, b, bias, m, k, n) => out.set(now(ops.nn(a, b, bias, m, k, n))),
      tn: (out, a, b, m, k, n) => out.set(now(ops.tn(a, b, m, k, n))),
      nt: (out, a, b, m, k, n) => out.set(now(ops.nt(a, b, m, k, n))),
    },
    dense: {
      affineTanh: (y, x, w, b, m, k, n) => y.set(now(ops.affineTanh(x, w, b, m, k, n))),
      tanhBackward: (dz, dy, y) => dz.set(now(ops.tanhBackward(dy, y))),
      sumRows: (out, x, m, n) => out.set(now(ops.sumRows(x, m, n))),
    },
  })
}

import type { Device, DeviceKernel } from '../../../kernel/gpu/device.ts'
import type { Handle } from '../../../kernel/gpu/gpujs.ts'
import * as net from './layerSources.ts'
import type { Layer } from './layers.ts'

/** Makes kernels of a device, once for each text and size, and keeps them in `made`. */
export const kernelsOf =
  (device: Device, made: Map<string, DeviceKernel>) =>
  (
    source: string,
    output: readonly number[],
    constants: Readonly<Record<string, number>> = {},
  ): DeviceKernel['step'] => {
    const name = JSON.stringify([source, output, constants])
    const kernel = made.get(name) ?? device.kernel(source, { output, constants })
    made.set(name, kernel)
    return kernel.step
  }

/** A network's steps: forward and, of its gradients, back. */
export const network = (
  kernel: ReturnType<typeof kernelsOf>,
  layers: readonly Layer[],
  rows: number,
) => {
  const last = layers.length - 1
  const forward = (x: Handle, params: readonly Handle[]): readonly Handle[] => {
    const seen = [x]
    layers.forEach(({ inputs, outputs }, i) => {
      const step = kernel(i < last ? net.TANH : net.LINEAR, [outputs, rows], { inputs })
      seen.push(step(seen[i]!, params[i]!))
    })
    return seen
  }
  const backward = (dOut: Handle, seen: readonly Handle[], params: readonly Handle[]) => {
    const grads: Handle[] = []
    let dz = dOut
    for (let i = last; i >= 0; i--) {
      const { inputs, outputs } = layers[i]!
      grads.unshift(kernel(net.GRADIENT, [outputs, inputs + 1], { inputs, rows })(seen[i]!, dz))
      if (i > 0) dz = kernel(net.BACK, [inputs, rows], { outputs })(dz, params[i]!, seen[i]!)
    }
    return grads
  }
  return { forward, backward }
}

import { backends, type BackendName } from '../backends.ts'
import type { Device, DeviceKernel } from './device.ts'
import type { Result } from './gpujs.ts'
import type { Contender } from './measure.ts'
import type { Product } from './product.ts'

/** The product of a backend over arrays from anywhere: wasm copies them in and out, as a GPU does. */
export const makerContender = (name: BackendName): Contender => {
  const { alloc, matmul } = backends[name].machine
  return {
    name,
    product: (a, b, n) => {
      const out = alloc(n * n) as Float32Array
      matmul.nn(out, a, b, null, n, n, n)
      return out
    },
  }
}

const NN = `function nn(a, b) {
  let sum = 0
  for (let k = 0; k < this.constants.n; k++) sum += a[this.thread.y][k] * b[k][this.thread.x]
  return sum
}`

const flat = (rows: Result, n: number): Float32Array => {
  const out = new Float32Array(n * n)
  ;(rows as readonly Float32Array[]).forEach((row, i) => out.set(row, i * n))
  return out
}

/**
 * The product of a device as a program meets it: all of it is timed, from sending both matrices up
 * to the result in one array. A kernel of each size is made once.
 */
export const deviceContender = (device: Device): Contender => {
  const kernels = new Map<number, DeviceKernel>()
  const kernelOf = (n: number): DeviceKernel => {
    const made = kernels.get(n) ?? device.kernel(NN, { output: [n, n], constants: { n } })
    kernels.set(n, made)
    return made
  }
  const product: Product = (a, b, n) => {
    const rows = kernelOf(n).run(device.input(a, n, n), device.input(b, n, n))
    return rows instanceof Promise ? rows.then((result) => flat(result, n)) : flat(rows, n)
  }
  return { name: device.mode, product }
}

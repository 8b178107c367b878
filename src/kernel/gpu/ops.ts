import type { ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { Device, DeviceKernel } from './device.ts'
import type { Result } from './gpujs.ts'
import { SOURCES, type Source } from './opSources.ts'
import { padded } from './sizes.ts'

/** A result, or the promise of one where the mode has no other way. */
export type Soon = Float32Array | Promise<Float32Array>

/**
 * The products of `MatmulKernels` and `DenseKernels` on a device, up to f32 in another order of
 * sums: m, k and n, and which matrix is which, are as there. Each call sends its matrices up and
 * its result down: to keep them there is what plans are for.
 */
export interface GpuOps {
  readonly nn: (
    a: ReadonlyNumbers,
    b: ReadonlyNumbers,
    bias: ReadonlyNumbers | null,
    m: number,
    k: number,
    n: number,
  ) => Soon
  readonly tn: (a: ReadonlyNumbers, b: ReadonlyNumbers, m: number, k: number, n: number) => Soon
  /** out[m,k] = a[m,n] b[k,n]ᵀ */
  readonly nt: (a: ReadonlyNumbers, b: ReadonlyNumbers, m: number, k: number, n: number) => Soon
  readonly affineTanh: (
    x: ReadonlyNumbers,
    w: ReadonlyNumbers,
    b: ReadonlyNumbers,
    m: number,
    k: number,
    n: number,
  ) => Soon
  readonly tanhBackward: (dy: ReadonlyNumbers, y: ReadonlyNumbers) => Soon
  readonly backThroughTanh: (
    dNext: ReadonlyNumbers,
    wT: ReadonlyNumbers,
    y: ReadonlyNumbers,
    m: number,
    k: number,
    n: number,
  ) => Soon
  readonly sumRows: (x: ReadonlyNumbers, m: number, n: number) => Soon
  /** Ends the kernels; the device stays. */
  readonly destroy: () => void
}

/** Kernels that are kept; the one that was used longest ago goes first. */
const MOST = 64

/** Numbers of a row where a vector is laid out as a matrix. */
const ROW = 1024

interface Matrix {
  readonly x: ReadonlyNumbers
  readonly rows: number
  readonly columns: number
}

const matrix = (x: ReadonlyNumbers, rows: number, columns: number): Matrix => ({ x, rows, columns })

/** A vector as rows of up to ROW numbers, the last one filled up with zeros. */
const folded = (x: ReadonlyNumbers): Matrix => {
  const columns = Math.min(Math.max(x.length, 1), ROW)
  return matrix(x, Math.ceil(x.length / columns), columns)
}

/** With zeros to the right and below, which add nothing to a sum. */
const paddedMatrix = ({ x, rows, columns }: Matrix): Float32Array => {
  const width = padded(columns)
  const out = new Float32Array(width * padded(rows))
  const source = x as Float32Array
  for (let i = 0; i < rows; i++)
    out.set(source.subarray(i * columns, Math.min((i + 1) * columns, x.length)), i * width)
  return out
}

/** The upper left corner of a padded result. */
const cut = (result: Result, rows: number, columns: number): Float32Array => {
  const out = new Float32Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    const row = result[i] as Float32Array
    out.set(row.subarray(0, columns), i * columns)
  }
  return out
}

export const gpuOps = (device: Device): GpuOps => {
  const kept = new Map<string, DeviceKernel>()
  const kernelFor = (source: Source, rows: number, columns: number, inner: number) => {
    const name = [source, rows, columns, inner].join(' ')
    const found =
      kept.get(name) ??
      device.kernel(SOURCES[source], { output: [columns, rows], constants: { inner } })
    kept.delete(name)
    kept.set(name, found)
    const [oldest] = kept
    if (kept.size > MOST && oldest !== undefined) {
      oldest[1].destroy()
      kept.delete(oldest[0])
    }
    return found
  }
  const run = (
    source: Source,
    given: readonly Matrix[],
    rows: number,
    columns: number,
    inner: number,
  ): Soon => {
    const kernel = kernelFor(source, padded(rows), padded(columns), padded(inner))
    const inputs = given.map((x) =>
      device.input(paddedMatrix(x), padded(x.columns), padded(x.rows)),
    )
    const result = kernel.run(...inputs)
    return result instanceof Promise
      ? result.then((found) => cut(found, rows, columns))
      : cut(result, rows, columns)
  }
  return {
    nn: (a, b, bias, m, k, n) => {
      const both = [matrix(a, m, k), matrix(b, k, n)]
      return bias === null
        ? run('nn', both, m, n, k)
        : run('nnBias', [...both, matrix(bias, 1, n)], m, n, k)
    },
    tn: (a, b, m, k, n) => run('tn', [matrix(a, m, k), matrix(b, m, n)], k, n, m),
    nt: (a, b, m, k, n) => run('nt', [matrix(a, m, n), matrix(b, k, n)], m, k, n),
    affineTanh: (x, w, b, m, k, n) =>
      run('affineTanh', [matrix(x, m, k), matrix(w, k, n), matrix(b, 1, n)], m, n, k),
    tanhBackward: (dy, y) => {
      const { rows, columns } = folded(y)
      const whole = run('tanhBackward', [folded(dy), folded(y)], rows, columns, 1)
      return whole instanceof Promise
        ? whole.then((found) => found.subarray(0, y.length))
        : whole.subarray(0, y.length)
    },
    backThroughTanh: (dNext, wT, y, m, k, n) =>
      run('backThroughTanh', [matrix(dNext, m, n), matrix(wT, n, k), matrix(y, m, k)], m, k, n),
    sumRows: (x, m, n) => run('sumRows', [matrix(x, m, n)], 1, n, m),
    destroy: () => {
      for (const kernel of kept.values()) kernel.destroy()
      kept.clear()
    },
  }
}

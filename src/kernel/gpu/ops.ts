import type { ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { Device, DeviceKernel } from './device.ts'
import type { Input } from './gpujs.ts'
import { OP_SOURCES, type OpName } from './opSources.ts'
import { cut, padded, paddedSize } from './sizes.ts'

/** At once, or with a promise where the device has no other way. */
export type Soon<A> = A | Promise<A>

type Numbers = ReadonlyNumbers
type Product<Extra extends unknown[]> = (
  a: Numbers,
  b: Numbers,
  ...rest: [...Extra, m: number, k: number, n: number]
) => Soon<Float32Array>

/**
 * The kernels of a device, with the meaning of `Kernels`, giving new arrays of f32. Matrices are
 * row-major and contiguous; sums go in rising index, but a driver may fuse or reorder what it
 * computes, so bits are the driver's own.
 *
 * @throws RangeError when an array is too short
 */
export interface GpuOps {
  /** bias[n] + a[m,k] b[k,n]; a null bias is 0 */
  readonly nn: Product<[bias: Numbers | null]>
  /** a[m,k]ᵀ b[m,n]: [k,n] */
  readonly tn: Product<[]>
  /** a[m,n] b[k,n]ᵀ: [m,k] */
  readonly nt: Product<[]>
  /** tanh(x[m,k] w[k,n] + b[n]) */
  readonly affineTanh: Product<[bias: Numbers]>
  /** dy ∘ (1 − y²) */
  readonly tanhBackward: (dy: Numbers, y: Numbers) => Soon<Float32Array>
  /** Σₘ x[m,n]: [n] */
  readonly sumRows: (x: Numbers, m: number, n: number) => Soon<Float32Array>
  /** How many programs are held. */
  readonly held: () => number
  /** Ends the programs that are held, those that still run at their end. */
  readonly destroy: () => void
}

/** A program, how many of its calls still run, and whether it ends with the last of them. */
interface Held {
  readonly kernel: DeviceKernel
  running: number
  isEnding: boolean
}

/** Ends a program: not before its results are read, or they would never come. */
const end = (held: Held): void => {
  held.isEnding = true
  if (held.running === 0) held.kernel.destroy()
}

/** Counts a call of a program until its result is there. */
const counted = <A>(held: Held, result: Promise<A>): Promise<A> => {
  held.running++
  return result.finally(() => {
    held.running--
    if (held.isEnding && held.running === 0) held.kernel.destroy()
  })
}

const then = <A, B>(soon: Soon<A>, next: (a: A) => B): Soon<B> =>
  soon instanceof Promise ? soon.then(next) : next(soon)

/** Numbers of no shape go in rows of this many at most. */
const WIDTH = 256

/**
 * The operations of a device. Each operation has one program for each padded size that it meets.
 *
 * @param limit how many programs are kept, >= 1; the least recently used one goes first
 */
export const gpuOps = (device: Device, limit = 64): GpuOps => {
  // In the order of their last use: a Map keeps the order in which keys were set.
  const programs = new Map<string, Held>()

  const program = (op: OpName, rows: number, columns: number, inner: number): Held => {
    const name = `${op} ${rows} ${columns} ${inner}`
    const held = programs.get(name) ?? {
      kernel: device.kernel(OP_SOURCES[op], { output: [columns, rows], constants: { inner } }),
      running: 0,
      isEnding: false,
    }
    programs.delete(name)
    programs.set(name, held)
    for (const [oldest, old] of programs) {
      if (programs.size <= limit) break
      programs.delete(oldest)
      end(old)
    }
    return held
  }

  const matrix = (argument: string, x: Numbers, rows: number, columns: number): Input => {
    const [height, width] = [paddedSize(rows), paddedSize(columns)]
    return device.input(padded(argument, { x, rows, columns }, height, width), width, height)
  }
  const vector = (argument: string, x: Numbers, columns: number): Input => {
    const width = paddedSize(columns)
    return device.input(padded(argument, { x, rows: 1, columns }, 1, width), width)
  }

  const run = (
    op: OpName,
    rows: number,
    columns: number,
    inner: number,
    ...inputs: readonly Input[]
  ): Soon<Float32Array> => {
    // A row of sums is not a matrix to pad.
    const height = op === 'sumRows' ? 1 : paddedSize(rows)
    const held = program(op, height, paddedSize(columns), paddedSize(inner))
    const result = held.kernel.run(...inputs)
    const soon = result instanceof Promise ? counted(held, result) : result
    return then(soon, (found) => cut(found as readonly Float32Array[], rows, columns))
  }

  return {
    nn: (a, b, bias, m, k, n) =>
      run(
        'nn',
        m,
        n,
        k,
        matrix('a', a, m, k),
        matrix('b', b, k, n),
        vector('bias', bias ?? new Float32Array(n), n),
      ),
    tn: (a, b, m, k, n) => run('tn', k, n, m, matrix('a', a, m, k), matrix('b', b, m, n)),
    nt: (a, b, m, k, n) => run('nt', m, k, n, matrix('a', a, m, n), matrix('b', b, k, n)),
    sumRows: (x, m, n) => run('sumRows', 1, n, m, matrix('x', x, m, n)),
    affineTanh: (x, w, b, m, k, n) =>
      run('affineTanh', m, n, k, matrix('x', x, m, k), matrix('w', w, k, n), vector('b', b, n)),
    tanhBackward: (dy, y) => {
      const n = dy.length
      const width = Math.min(paddedSize(n), WIDTH)
      const rows = Math.ceil(n / width)
      const height = paddedSize(rows)
      const flat = (argument: string, x: Numbers): Input => {
        const value = padded(argument, { x, rows: 1, columns: n }, 1, height * width)
        return device.input(value, width, height)
      }
      const result = run('tanhBackward', rows, width, 0, flat('dy', dy), flat('y', y))
      return then(result, (dz) => dz.slice(0, n))
    },
    held: () => programs.size,
    destroy: () => {
      for (const held of programs.values()) end(held)
      programs.clear()
    },
  }
}

import type { Floats, ReadonlyNumbers } from '../../tensor/tensor.ts'
import { affineBackward } from '../js/dense.ts'
import type { Arithmetic, DenseKernels, MatmulKernels } from '../kernels.ts'
import { heapMachine, type Machine } from '../machine.ts'
import type { Backend, MemoryKernels } from '../backend.ts'
import { instantiate, newMemory, PAGE, RESERVED, type Exports } from './instance.ts'

/** Where a view begins, in bytes. That it is one of the right memory is not checked. */
const at = (view: ReadonlyNumbers): number => (view as Float32Array).byteOffset

/** Kernels over views of one memory. */
const inPlace = (x: Exports): Arithmetic => {
  const matmul: MatmulKernels = {
    nn: (out, a, b, bias, m, k, n) =>
      x.nn(at(out), at(a), at(b), bias === null ? 0 : at(bias), m, k, n),
    tn: (out, a, b, m, k, n) => x.tn(at(out), at(a), at(b), m, k, n),
    nt: (out, a, b, m, k, n) => x.nt(at(out), at(a), at(b), m, k, n),
    transpose: (out, a, rows, columns) => x.transpose(at(out), at(a), rows, columns),
  }
  const sumRows: DenseKernels['sumRows'] = (out, a, m, n) => x.sumRows(at(out), at(a), m, n)
  return {
    matmul,
    dense: {
      affineTanh: (y, a, w, b, m, k, n) => x.affineTanh(at(y), at(a), at(w), at(b), m, k, n),
      tanhBackward: (dz, dy, y) => x.tanhBackward(at(dz), at(dy), at(y), dz.length),
      backThroughTanh: (dz, dNext, wT, y, m, k, n) =>
        x.backThroughTanh(at(dz), at(dNext), at(wT), at(y), m, k, n),
      sumRows,
      affineBackward: affineBackward(matmul, sumRows),
    },
    softmax: {
      logSoftmax: (out, a, rows, columns) => x.logSoftmax(at(out), at(a), rows, columns),
      softmax: (out, a, rows, columns) => x.softmax(at(out), at(a), rows, columns),
    },
    vector: {
      sumSquares: (a) => x.sumSquares(at(a), a.length),
      scale: (out, a, s) => x.scale(at(out), at(a), s, out.length),
      exp: (out, a) => x.expEach(at(out), at(a), out.length),
      add: (out, a, b) => x.add(at(out), at(a), at(b), out.length),
      atLeast: (out, a, least) => x.atLeast(at(out), at(a), least, out.length),
      mask: (out, a, open) => x.mask(at(out), at(a), at(open), out.length),
    },
    adam: (step, mNext, vNext, g, m, v, scalars) =>
      x.adam(
        at(step),
        at(mNext),
        at(vNext),
        at(g),
        at(m),
        at(v),
        step.length,
        scalars.beta1,
        scalars.beta2,
        1 - scalars.beta1,
        1 - scalars.beta2,
        scalars.epsilon,
        scalars.learningRate / scalars.correction1,
        1 / Math.sqrt(scalars.correction2),
      ),
  }
}

/** Bytes, four in the room of a number. */
const packed = (bytes: ReadonlyNumbers): Float32Array => {
  const room = new Uint8Array(4 * Math.ceil(bytes.length / 4))
  room.set(bytes)
  return new Float32Array(room.buffer)
}

/** Kernels whose exports take the same arguments, with pointers for views. */
const PREPARED = {
  'matmul.nn': 'nn',
  'matmul.tn': 'tn',
  'matmul.nt': 'nt',
  'dense.affineTanh': 'affineTanh',
  'dense.sumRows': 'sumRows',
  'softmax.logSoftmax': 'logSoftmax',
} as const

const pointer = (arg: unknown): number =>
  arg === null ? 0 : typeof arg === 'number' ? arg : at(arg as Float32Array)

/** Calls by numbers alone: views are asked for their places once. */
const preparing =
  (x: Exports): NonNullable<MemoryKernels['prepare']> =>
  (name, args) => {
    if (!Object.hasOwn(PREPARED, name)) return null
    const call: (...numbers: number[]) => void = x[PREPARED[name as keyof typeof PREPARED]]
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = args.map(pointer)
    if (args.length === 4) return () => call(a, b, c, d)
    if (args.length === 6) return () => call(a, b, c, d, e, f)
    return () => call(a, b, c, d, e, f, g)
  }

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** Kernels over arrays from anywhere: they are copied into a memory, worked on, and copied out. */
const copying = (): Machine => {
  const open = () => {
    const memory = newMemory(RESERVED, false)
    const exports = instantiate(memory)
    return { memory, exports, inner: inPlace(exports), buffer: memory.buffer }
  }
  // Opened by the first call. The memory grows to what the largest call took.
  let room: ReturnType<typeof open> | null = null

  /** f on copies of `out` and `given`, with `scratch` numbers behind them; then `out` is written. */
  const on = <R>(
    out: readonly Floats[],
    given: readonly ReadonlyNumbers[],
    scratch: number,
    f: (inner: Arithmetic, out: Float32Array[], given: Float32Array[]) => R,
  ): R => {
    room ??= open()
    const { memory, exports } = room
    let bytes = RESERVED
    const places = [...out, ...given].map(({ length }) => {
      const place = bytes
      bytes = aligned(bytes + 4 * length)
      return place
    })
    const missing = bytes + 4 * scratch - room.buffer.byteLength
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE))
      room = { ...room, buffer: memory.buffer }
    }
    const { buffer } = room
    exports.setScratch(bytes)
    const outViews = out.map((array, i) => new Float32Array(buffer, places[i], array.length))
    const givenViews = given.map((array, i) => {
      const view = new Float32Array(buffer, places[out.length + i], array.length)
      view.set(array)
      return view
    })
    const result = f(room.inner, outViews, givenViews)
    outViews.forEach((view, i) => out[i]!.set(view))
    return result
  }

  const matmul: MatmulKernels = {
    nn: (out, a, b, bias, m, k, n) =>
      on([out], bias === null ? [a, b] : [a, b, bias], 8 * k + 32, ({ matmul }, [o], [x, y, z]) =>
        matmul.nn(o!, x!, y!, z ?? null, m, k, n),
      ),
    tn: (out, a, b, m, k, n) =>
      on([out], [a, b], m * k + 8 * m + 32, ({ matmul }, [o], [x, y]) =>
        matmul.tn(o!, x!, y!, m, k, n),
      ),
    nt: (out, a, b, m, k, n) =>
      on([out], [a, b], k * n + 8 * n + 32, ({ matmul }, [o], [x, y]) =>
        matmul.nt(o!, x!, y!, m, k, n),
      ),
    transpose: (out, x, rows, columns) =>
      on([out], [x], 0, ({ matmul }, [o], [a]) => matmul.transpose(o!, a!, rows, columns)),
  }
  const sumRows: DenseKernels['sumRows'] = (out, x, m, n) =>
    on([out], [x], 0, ({ dense }, [o], [a]) => dense.sumRows(o!, a!, m, n))
  return heapMachine('wasm', 'f32', {
    matmul,
    dense: {
      affineTanh: (y, x, w, b, m, k, n) =>
        on([y], [x, w, b], 8 * k + 32, ({ dense }, [o], [a, c, d]) =>
          dense.affineTanh(o!, a!, c!, d!, m, k, n),
        ),
      tanhBackward: (dz, dy, y) =>
        on([dz], [dy, y], 0, ({ dense }, [o], [a, b]) => dense.tanhBackward(o!, a!, b!)),
      backThroughTanh: (dz, dNext, wT, y, m, k, n) =>
        on([dz], [dNext, wT, y], 8 * n + 32, ({ dense }, [o], [a, b, c]) =>
          dense.backThroughTanh(o!, a!, b!, c!, m, k, n),
        ),
      sumRows,
      affineBackward: affineBackward(matmul, sumRows),
    },
    softmax: {
      logSoftmax: (out, x, rows, columns) =>
        on([out], [x], 0, ({ softmax }, [o], [a]) => softmax.logSoftmax(o!, a!, rows, columns)),
      softmax: (out, x, rows, columns) =>
        on([out], [x], 0, ({ softmax }, [o], [a]) => softmax.softmax(o!, a!, rows, columns)),
    },
    vector: {
      sumSquares: (x) => on([], [x], 32, ({ vector }, _, [a]) => vector.sumSquares(a!)),
      scale: (out, x, s) => on([out], [x], 0, ({ vector }, [o], [a]) => vector.scale(o!, a!, s)),
      exp: (out, x) => on([out], [x], 0, ({ vector }, [o], [a]) => vector.exp(o!, a!)),
      add: (out, a, b) => on([out], [a, b], 0, ({ vector }, [o], [x, y]) => vector.add(o!, x!, y!)),
      atLeast: (out, x, least) =>
        on([out], [x], 0, ({ vector }, [o], [a]) => vector.atLeast(o!, a!, least)),
      mask: (out, x, open) =>
        on([out], [x, packed(open)], 0, ({ vector }, [o], [a, b]) => vector.mask(o!, a!, b!)),
    },
    adam: (step, mNext, vNext, g, m, v, scalars) =>
      on([step, mNext, vNext], [g, m, v], 0, ({ adam }, [s, m2, v2], [g1, m1, v1]) =>
        adam(s!, m2!, v2!, g1!, m1!, v1!, scalars),
      ),
  })
}

/**
 * WebAssembly with 128-bit vectors, in AssemblyScript (assembly/): the bits of the js backend, by the
 * same operations in the same order, four at a time. No relaxed SIMD.
 *
 * @throws RangeError at use, where the engine has no WebAssembly with SIMD
 */
export const wasm: Backend<'wasm'> = {
  name: 'wasm',
  dtype: 'f32',
  machine: copying(),
  memory: newMemory,
  reserved: RESERVED,
  over: (memory, scratch) => {
    const exports = instantiate(memory)
    exports.setScratch(scratch.byteOffset)
    return { ...inPlace(exports), prepare: preparing(exports) }
  },
}

import { js } from '../../../src/kernel/js/js.ts'
import { gpuOps, type GpuOps, type Soon } from '../../../src/kernel/gpu/ops.ts'
import { key, normal, split, uniform, type Key } from '../../../src/random/index.ts'
import { data } from '../../../src/tensor/index.ts'
import { atMost, type Checks } from '../check.ts'
import { distance } from '../scenes.ts'

type Sizes = readonly [m: number, k: number, n: number]

/** An op on the device, and its f64 twin over the same numbers. */
interface Case {
  readonly on: (ops: GpuOps, x: readonly Float32Array[], sizes: Sizes) => Soon<Float32Array>
  readonly twin: (x: readonly Float64Array[], sizes: Sizes) => Float64Array
  /** how many numbers each argument has */
  readonly lengths: (sizes: Sizes) => readonly number[]
}

const { matmul, dense } = js.f64
const into = (length: number, fill: (out: Float64Array) => void): Float64Array => {
  const out = new Float64Array(length)
  fill(out)
  return out
}

const cases: Readonly<Record<string, Case>> = {
  nn: {
    lengths: ([m, k, n]) => [m * k, k * n],
    on: (ops, [a, b], sizes) => ops.nn(a!, b!, null, ...sizes),
    twin: ([a, b], [m, k, n]) => into(m * n, (out) => matmul.nn(out, a!, b!, null, m, k, n)),
  },
  'nn + bias': {
    lengths: ([m, k, n]) => [m * k, k * n, n],
    on: (ops, [a, b, bias], sizes) => ops.nn(a!, b!, bias!, ...sizes),
    twin: ([a, b, bias], [m, k, n]) => into(m * n, (out) => matmul.nn(out, a!, b!, bias!, m, k, n)),
  },
  tn: {
    lengths: ([m, k, n]) => [m * k, m * n],
    on: (ops, [a, b], sizes) => ops.tn(a!, b!, ...sizes),
    twin: ([a, b], [m, k, n]) => into(k * n, (out) => matmul.tn(out, a!, b!, m, k, n)),
  },
  nt: {
    lengths: ([m, k, n]) => [m * n, k * n],
    on: (ops, [a, b], sizes) => ops.nt(a!, b!, ...sizes),
    twin: ([a, b], [m, k, n]) => into(m * k, (out) => matmul.nt(out, a!, b!, m, k, n)),
  },
  affineTanh: {
    lengths: ([m, k, n]) => [m * k, k * n, n],
    on: (ops, [x, w, b], sizes) => ops.affineTanh(x!, w!, b!, ...sizes),
    twin: ([x, w, b], [m, k, n]) =>
      into(m * n, (out) => dense.affineTanh(out, x!, w!, b!, m, k, n)),
  },
  tanhBackward: {
    lengths: ([m, , n]) => [m * n, m * n],
    on: (ops, [dy, y]) => ops.tanhBackward(dy!, y!),
    twin: ([dy, y]) => into(dy!.length, (out) => dense.tanhBackward(out, dy!, y!)),
  },
  sumRows: {
    lengths: ([m, , n]) => [m * n],
    on: (ops, [x], [m, , n]) => ops.sumRows(x!, m, n),
    twin: ([x], [m, , n]) => into(n, (out) => dense.sumRows(out, x!, m, n)),
  },
}

/** Multiplications that a random product may take: software that draws for a GPU is slow. */
const MOST = 4e6

/** Sides of 1 … 1024, as likely small as large; drawn again where their product is too much. */
const sizesOf = (from: Key): Sizes => {
  const sides = Array.from(data(uniform(from, ['side'], [3], 'f64')), (u) => {
    const octave = Math.floor(u * 10)
    return Math.round(2 ** octave * (1 + (u * 10 - octave)))
  }) as unknown as Sizes
  return sides[0] * sides[1] * sides[2] <= MOST ? sides : sizesOf(split(from, 1)[0])
}

/** Odd, one, empty of any power of two, and the longest. */
const SIDES: readonly Sizes[] = [
  [1, 1, 1],
  [1, 1024, 1],
  [1023, 3, 5],
  [7, 1, 1021],
  [33, 129, 65],
  [2, 1024, 1023],
]

const ROUNDS = 12

/** Every op over shapes of all kinds, against the f64 twin: relative Frobenius error. */
export const ops: Checks = async function* ({ device }) {
  const all = gpuOps(device)
  for (const [name, { lengths, on, twin }] of Object.entries(cases)) {
    let worst = 0
    const keys = split(key(name.length), ROUNDS)
    const shapes = [...SIDES, ...keys.map(sizesOf)]
    for (const [i, sizes] of shapes.entries()) {
      const given = lengths(sizes).map((length, j) =>
        Float32Array.from(data(normal(split(key(i), 4)[j]!, ['x'], [length], 'f32'))),
      )
      const found = await on(all, given, sizes)
      const expected = twin(
        given.map((x) => Float64Array.from(x)),
        sizes,
      )
      if (found.length !== expected.length) worst = Infinity
      worst = Math.max(worst, distance(found, expected))
    }
    yield atMost(`${name}, ${shapes.length} shapes`, worst, 1e-5)
  }
  all.destroy()
}

import type { Machine } from '../kernel/machine.ts'
import { f32, f64, type Real } from '../math/real.ts'
import { categorical } from '../random/categorical.ts'
import { foldIn, key, split, type Key } from '../random/key.ts'
import { normal } from '../random/normal.ts'
import { permutation } from '../random/permutation.ts'
import { threefry2x32 } from '../random/threefry.ts'
import { uniform } from '../random/uniform.ts'
import { gae } from '../rl/gae.ts'
import { cast, data, own, type Floats, type ReadonlyNumbers } from '../tensor/tensor.ts'
import { f64Bytes, sha256Hex } from './hash.ts'

const SEED = key(20_170_720)

/** The least numbers, subnormal and normal, of f32 and of f64. */
const LEAST = [
  1.401298464324817e-45, 5.877471754111438e-39, 1.1754943508222875e-38, 5e-324,
  2.2250738585072014e-308,
]
/** Numbers that f32 has to round: ties to even, up and down, and what is beyond its greatest. */
const ROUNDED = [
  7.006492321624085e-46, 2.1019476964872256e-45, 1.0000000596046448, 1.0000001788139343,
  0.9999999999999999, 0.1, 3.4028234663852886e38, 3.4028235677973366e38, 1.7976931348623157e308,
]

/** Where arithmetic has its corners, and 0.5 among them. */
const CORNERS = [...[0, 0.5, ...LEAST, ...ROUNDED, Infinity].flatMap((x) => [x, -x]), NaN]

/** Numbers of every size that f64 has, each from 64 random bits, and as many from −20 to 20. */
const spread = (count: number): readonly number[] => {
  const view = new DataView(new ArrayBuffer(8))
  const wild = Array.from({ length: count }, (_, i) => {
    const [high, low] = threefry2x32(SEED.words, [i, count])
    view.setUint32(0, high)
    view.setUint32(4, low)
    return view.getFloat64(0)
  })
  const near = data(uniform(SEED, ['x'], [count], 'f64'))
  return [...wild, ...Array.from(wild, (_, i) => 40 * near[i]! - 20)]
}

/** What the functions of a precision give. */
const scalars = ({ round, exp, log, log1p, tanh, sin, cos }: Real): readonly number[] => {
  const arguments_ = [...CORNERS, ...spread(40)].map(round)
  const results = [round, exp, log, log1p, tanh, sin, cos, Math.sqrt].flatMap((f) =>
    arguments_.map(f),
  )
  const pairs = arguments_.flatMap((x, i) => {
    const y = arguments_[(7 * i + 3) % arguments_.length]!
    return [x + y, x - y, x * y, x / y].map(round)
  })
  return [...results, ...pairs]
}

const uniforms = (from: Key, n: number): Float32Array => {
  const u = data(uniform(from, ['x'], [n]))
  return Float32Array.from(u, (x) => 4 * x - 2)
}

/** exp(x − max) / Σ exp(x − max) of each row, the sum in rising column. */
const probabilities = (
  { exp }: Machine['vector'],
  out: Floats,
  x: ReadonlyNumbers,
  columns: number,
): void => {
  for (let from = 0; from < x.length; from += columns) {
    const row = Float32Array.from({ length: columns }, (_, j) => x[from + j]!)
    const max = row.reduce((a, b) => Math.max(a, b))
    const powers = out.subarray(from, from + columns)
    exp(
      powers,
      row.map((xj) => xj - max),
    )
    let total = 0
    for (let j = 0; j < columns; j++) total = Math.fround(total + powers[j]!)
    for (let j = 0; j < columns; j++) powers[j] = powers[j]! / total
  }
}

/** What every kernel gives, on sizes that fill no vectors and on numbers at the corners. */
const kernelResults = (kernels: Machine): readonly number[] => {
  const [m, k, n] = [5, 7, 11] as const
  const [forA, forB, forC, forD] = split(SEED, 4)
  const a = uniforms(forA, m * k)
  const b = uniforms(forB, k * n)
  const c = uniforms(forC, m * n)
  const bias = uniforms(forD, n)
  // Products of these fall among the subnormal numbers, which a faster mode would take for 0.
  const small = a.map((x) => x * 1e-19)
  const smaller = b.map((x) => x * 1e-20)
  const corners = Float32Array.from(CORNERS)
  const others = Float32Array.from(CORNERS, (_, i) => CORNERS[(5 * i + 2) % CORNERS.length]!)
  const { matmul, dense, softmax, vector, adam } = kernels

  const results: number[] = []
  const out = (length: number, f: (out: ReturnType<Machine['alloc']>) => void): void => {
    const array = kernels.alloc(length)
    f(array)
    results.push(...array)
  }
  out(m * n, (o) => matmul.nn(o, a, b, bias, m, k, n))
  out(m * n, (o) => matmul.nn(o, small, smaller, null, m, k, n))
  out(k * n, (o) => matmul.tn(o, a, c, m, k, n))
  out(m * k, (o) => matmul.nt(o, c, b, m, k, n))
  results.push(...Array.from({ length: m * k }, (_, at) => a[(at % m) * k + Math.floor(at / m)]!))
  out(m * n, (o) => dense.affineTanh(o, a, b, bias, m, k, n))
  out(m * n, (o) => dense.tanhBackward(o, c, c))
  out(m * n, (o) => {
    matmul.nn(o, a, b, null, m, k, n)
    dense.tanhBackward(o, o, c)
  })
  out(n, (o) => dense.sumRows(o, c, m, n))
  out(m * k, (o) => matmul.nt(o, c, b, m, k, n))
  out(k * n, (o) => matmul.tn(o, a, c, m, k, n))
  out(n, (o) => dense.sumRows(o, c, m, n))
  out(m * n, (o) => softmax.logSoftmax(o, c, m, n))
  out(m * n, (o) => probabilities(vector, o, c, n))
  results.push(vector.sumSquares(b), vector.sumSquares(small))
  out(corners.length, (o) => vector.scale(o, corners, 0.3))
  out(corners.length, (o) => vector.add(o, corners, others))
  out(corners.length, (o) => vector.add(o, corners, corners))
  out(corners.length, (o) => vector.exp(o, corners))
  out(b.length, (o) =>
    vector.exp(
      o,
      b.map((x) => 40 * x),
    ),
  )
  const step = kernels.alloc(m * n)
  const mNext = kernels.alloc(m * n)
  const vNext = kernels.alloc(m * n)
  adam(
    step,
    mNext,
    vNext,
    c,
    c.map((x) => x / 3),
    c.map((x) => x * x),
    {
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-5,
      learningRate: 2.5e-4,
      correction1: 0.271,
      correction2: 0.002997001,
    },
  )
  results.push(...step, ...mNext, ...vNext)
  return results
}

/** What chance gives. */
const draws = (): readonly number[] => {
  const from = foldIn(SEED, 3)
  const [one, two, three] = split(from, 3)
  const logits = normal(three, ['row', 'category'], [8, 5])
  return [
    ...from.words,
    ...one.words,
    ...(['f32', 'f64'] as const).flatMap((dtype) => [
      uniform(one, ['x'], [33], dtype),
      normal(two, ['x'], [33], dtype),
    ]),
    permutation(one, 'x', 33),
    categorical(two, logits),
  ].flatMap((x) => (typeof x === 'number' ? [x] : Array.from(data(x))))
}

/** Advantages of a few steps, in both precisions. */
const advantages = (): readonly number[] => {
  const [one, two, three] = split(SEED, 3)
  const table = (from: Key) => normal(from, ['time', 'env'], [12, 3], 'f64')
  const flags = (every: number) =>
    own(
      ['time', 'env'],
      [12, 3],
      Uint8Array.from({ length: 36 }, (_, i) => +(i % every === 0)),
    )
  return (['f32', 'f64'] as const).flatMap((dtype) =>
    Array.from(
      data(
        gae({ gamma: 0.99, lambda: 0.95 })({
          reward: cast(table(one), dtype),
          value: cast(table(two), dtype),
          nextValue: cast(table(three), dtype),
          terminated: flags(11),
          truncated: flags(7),
        }),
      ),
    ),
  )
}

/** 1 where the least byte of a number comes first. */
const littleEndian = (): number => new Uint8Array(Uint16Array.of(1).buffer)[0]!

/**
 * SHA-256 of what this place computes from fixed numbers: the functions of src/math, sums, products
 * and quotients, rounding to f32, zeros with signs, subnormal numbers and NaN; draws; kernels; a few
 * advantages; the order of bytes. It is the same wherever the library keeps its word.
 */
export const probe = (kernels: Machine): string => {
  const numbers: readonly ReadonlyNumbers[] = [
    [littleEndian()],
    scalars(f64),
    scalars(f32),
    Float32Array.from(CORNERS),
    kernelResults(kernels),
    draws(),
    advantages(),
  ]
  return sha256Hex(f64Bytes(numbers.flatMap((some) => Array.from(some))))
}

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { AdamScalars } from '../../src/kernel/kernels.ts'
import type { Machine } from '../../src/kernel/machine.ts'
import { f32, f64 } from '../../src/math/real.ts'
import { elements, size } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { expectPure, expectSameBits } from './purity.ts'

type Floats = Float32Array | Float64Array

/** Below f32's normal numbers, where a relative bound no longer holds. */
const TINY = 2 ** -120

/** m, k, n in 0 … 20: odd ones, whole blocks of lanes, and empty ones among them. */
const sizes = fc.tuple(size(20), size(20), size(20))

/** How a backend keeps the order of sums: to the bit, or only within the bound of rounding. */
export type Agreement = 'bits' | 'bound'

export interface Options {
  /** 'bits' for backends that keep the stated order of every sum */
  readonly agreement?: Agreement
  /** 'own' for kernels that take nothing but what their `alloc` gave */
  readonly arrays?: 'any' | 'own'
}

/**
 * What is true of every backend of kernels. The definitions are written out here once more, as plain
 * as can be, with every product and every sum rounded to the element type.
 *
 * @param reference another backend that must agree: to the bit if it has the same element type and
 * the agreement is 'bits', else within f32's rounding
 */
export const kernelLaws = (
  name: string,
  kernels: Machine,
  reference: Machine,
  { agreement = 'bits', arrays = 'any' }: Options = {},
): void => {
  const { dtype } = kernels
  const { round, exp, log, tanh } = dtype === 'f32' ? f32 : f64
  const single = dtype === 'f32' || reference.dtype === 'f32'
  const epsilon = single ? 2 ** -23 : 2 ** -52

  // Numbers are f32's, so that the reference sees the same ones whatever its element type.
  const numbers = (length: number, scale = 2): fc.Arbitrary<Float32Array> =>
    elements('f32', length, scale).map((x) => Float32Array.from(x))
  const vectors = (scale = 2): fc.Arbitrary<Float32Array> =>
    size(70).chain((length) => numbers(length, scale))

  /** An input as a backend wants it. */
  const given = (backend: Machine, x: ArrayLike<number>): Floats => {
    const array = backend.alloc(x.length)
    array.set(x)
    return array
  }

  /** What a kernel writes, over an array that held NaN before: what is left of it is missing. */
  const written = (
    backend: Machine,
    length: number,
    kernel: (out: Floats) => unknown,
  ): readonly number[] => {
    const out = backend.alloc(length).fill(NaN)
    kernel(out)
    return Array.from(out)
  }

  /** Equal to the bit, or within `terms` roundings of size `scale`. */
  const agrees = (
    actual: readonly number[],
    expected: readonly number[],
    bits: boolean,
    terms: number,
    scale: number,
  ): void => {
    if (bits) expectSameBits(actual, expected)
    else expectClose(actual, expected, 4 * epsilon, 4 * (terms + 2) * scale * epsilon + TINY)
  }

  /** Against the definition in the backend's own element type. */
  const equals = (
    actual: readonly number[],
    expected: readonly number[],
    terms = 1,
    scale = 4,
  ): void => agrees(actual, expected, agreement === 'bits', terms, scale)

  /** Against the other backend. */
  const twin = (run: (backend: Machine) => readonly number[], terms: number, scale: number): void =>
    agrees(
      run(kernels),
      run(reference),
      agreement === 'bits' && reference.dtype === dtype,
      terms,
      scale,
    )

  /** out[i, j] = bias[j] + Σ_q a(i, q) b(q, j), in rising q, each product and sum rounded. */
  const product = (
    rows: number,
    inner: number,
    columns: number,
    a: (i: number, q: number) => number,
    b: (q: number, j: number) => number,
    bias: (j: number) => number = () => 0,
  ): number[] => {
    const out: number[] = []
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let c = bias(j)
        for (let q = 0; q < inner; q++) c = round(c + round(a(i, q) * b(q, j)))
        out.push(c)
      }
    return out
  }

  describe(`${name} kernels`, () => {
    test('alloc gives zeros of the element type', () => {
      const x = kernels.alloc(5)
      expect(x).toBeInstanceOf(dtype === 'f32' ? Float32Array : Float64Array)
      expect(Array.from(x)).toStrictEqual([0, 0, 0, 0, 0])
    })

    test('arrays from alloc do not overlap', () => {
      const [a, b] = [kernels.alloc(7).fill(1), kernels.alloc(7).fill(2)]
      expect([Array.from(a), Array.from(b)]).toStrictEqual([
        Array.from({ length: 7 }, () => 1),
        Array.from({ length: 7 }, () => 2),
      ])
    })

    describe('matmul', () => {
      const operands = sizes.chain(([m, k, n]) =>
        fc.record({
          m: fc.constant(m),
          k: fc.constant(k),
          n: fc.constant(n),
          mk: numbers(m * k),
          kn: numbers(k * n),
          mn: numbers(m * n),
          bias: numbers(n),
        }),
      )

      test.prop({ x: operands })('nn is bias[n] + a[m,k] b[k,n] in rising k', ({ x }) => {
        const { m, k, n, mk, kn, bias } = x
        const run = (backend: Machine): readonly number[] =>
          written(backend, m * n, (out) =>
            backend.matmul.nn(
              out,
              given(backend, mk),
              given(backend, kn),
              given(backend, bias),
              m,
              k,
              n,
            ),
          )
        const a = (i: number, q: number): number => mk[i * k + q]!
        const b = (q: number, j: number): number => kn[q * n + j]!
        equals(
          run(kernels),
          product(m, k, n, a, b, (j) => bias[j]!),
          k,
          4 * k,
        )
        twin(run, k, 4 * k)
      })

      test.prop({ x: operands })('nn with null for a bias starts from 0', ({ x }) => {
        const { m, k, n, mk, kn } = x
        const [a, b] = [given(kernels, mk), given(kernels, kn)]
        const [none, zero] = [null, kernels.alloc(n)].map((bias) =>
          written(kernels, m * n, (out) => kernels.matmul.nn(out, a, b, bias, m, k, n)),
        )
        expectSameBits(none, zero)
      })

      test.prop({ x: operands })('tn is a[m,k]ᵀ b[m,n] in rising m', ({ x }) => {
        const { m, k, n, mk, mn } = x
        const run = (backend: Machine): readonly number[] =>
          written(backend, k * n, (out) =>
            backend.matmul.tn(out, given(backend, mk), given(backend, mn), m, k, n),
          )
        const a = (i: number, q: number): number => mk[q * k + i]!
        const b = (q: number, j: number): number => mn[q * n + j]!
        equals(run(kernels), product(k, m, n, a, b), m, 4 * m)
        twin(run, m, 4 * m)
      })

      test.prop({ x: operands })('nt is a[m,n] b[k,n]ᵀ in rising n', ({ x }) => {
        const { m, k, n, mn, kn } = x
        const run = (backend: Machine): readonly number[] =>
          written(backend, m * k, (out) =>
            backend.matmul.nt(out, given(backend, mn), given(backend, kn), m, k, n),
          )
        const a = (i: number, q: number): number => mn[i * n + q]!
        const b = (q: number, j: number): number => kn[j * n + q]!
        equals(run(kernels), product(m, n, k, a, b), n, 4 * n)
        twin(run, n, 4 * n)
      })

      test('a product by hand, which any order of sums gives', () => {
        const [a, b] = [given(kernels, [1, 2, 3, 4, 5, 6]), given(kernels, [7, 8, 9, 10, 11, 12])]
        const { nn, tn, nt } = kernels.matmul
        const bias = given(kernels, [100, 200])
        expect(written(kernels, 4, (out) => nn(out, a, b, bias, 2, 3, 2))).toStrictEqual([
          158, 264, 239, 354,
        ])
        expect(written(kernels, 4, (out) => tn(out, a, b, 3, 2, 2))).toStrictEqual([
          89, 98, 116, 128,
        ])
        expect(written(kernels, 4, (out) => nt(out, a, b, 2, 2, 3))).toStrictEqual([
          50, 68, 122, 167,
        ])
      })

      // Large enough for a backend that packs, or cuts, or takes another way.
      test.each([
        [17, 130, 70],
        [64, 64, 64],
        [129, 96, 101],
        [40, 1030, 9],
      ])('nn, tn and nt of %i, %i and %i agree with the other backend', (m, k, n) => {
        const wave = (length: number, step: number): Float32Array =>
          Float32Array.from({ length }, (_, i) => ((i * step) % 1009) / 504 - 1)
        const [mk, kn, mn, bias] = [wave(m * k, 7), wave(k * n, 11), wave(m * n, 13), wave(n, 17)]
        for (const kernel of [
          (backend: Machine) =>
            written(backend, m * n, (out) =>
              backend.matmul.nn(
                out,
                given(backend, mk),
                given(backend, kn),
                given(backend, bias),
                m,
                k,
                n,
              ),
            ),
          (backend: Machine) =>
            written(backend, k * n, (out) =>
              backend.matmul.tn(out, given(backend, mk), given(backend, mn), m, k, n),
            ),
          (backend: Machine) =>
            written(backend, m * k, (out) =>
              backend.matmul.nt(out, given(backend, mn), given(backend, kn), m, k, n),
            ),
        ])
          twin(kernel, Math.max(m, k, n), Math.max(m, k, n))
      })

      if (arrays === 'any')
        test('arrays of JavaScript’s own do as well', () => {
          const plain = (x: readonly number[]): Floats =>
            dtype === 'f32' ? Float32Array.from(x) : Float64Array.from(x)
          const out = plain([NaN, NaN])
          kernels.matmul.nn(out, plain([1, 2]), plain([3, 4, 5, 6]), null, 1, 2, 2)
          expect(Array.from(out)).toStrictEqual([13, 16])
        })
    })

    describe('dense', () => {
      const layer = sizes.chain(([m, k, n]) =>
        fc.record({
          m: fc.constant(m),
          k: fc.constant(k),
          n: fc.constant(n),
          x: numbers(m * k),
          w: numbers(k * n, 1),
          b: numbers(n, 1),
          dz: numbers(m * n),
        }),
      )

      test.prop({ l: layer })('affineTanh is nn, then tanh of every element', ({ l }) => {
        const { m, k, n } = l
        const run = (backend: Machine): readonly number[] => {
          const [x, w, b] = [given(backend, l.x), given(backend, l.w), given(backend, l.b)]
          return written(backend, m * n, (y) => backend.dense.affineTanh(y, x, w, b, m, k, n))
        }
        const [x, w, b] = [given(kernels, l.x), given(kernels, l.w), given(kernels, l.b)]
        const z = written(kernels, m * n, (out) => kernels.matmul.nn(out, x, w, b, m, k, n))
        equals(
          run(kernels),
          z.map((v) => tanh(v)),
        )
        twin(run, k, 2 * k)
      })

      test.prop({ x: vectors(), seed: vectors(3) })(
        'tanhBackward is dy ∘ (1 − y²), each operation rounded',
        ({ x, seed }) => {
          const n = Math.min(x.length, seed.length)
          const dy = x.slice(0, n)
          const y = seed.slice(0, n).map((v) => f32.tanh(v))
          const run = (backend: Machine): readonly number[] =>
            written(backend, n, (dz) =>
              backend.dense.tanhBackward(dz, given(backend, dy), given(backend, y)),
            )
          equals(
            run(kernels),
            Array.from(y, (v, i) => round(dy[i]! * round(1 - round(v * v)))),
          )
          twin(run, 3, 2)
        },
      )

      test.prop({ l: layer })('sumRows adds rows to 0 in rising row', ({ l }) => {
        const { m, n } = l
        const run = (backend: Machine): readonly number[] =>
          written(backend, n, (out) => backend.dense.sumRows(out, given(backend, l.dz), m, n))
        equals(
          run(kernels),
          product(
            1,
            m,
            n,
            () => 1,
            (q, j) => l.dz[q * n + j]!,
          ),
          m,
          4 * m,
        )
        twin(run, m, 4 * m)
      })

      // Every binade of f32, both signs, and the kinks of its formulas.
      test('affineTanh is tanh over the whole range, to the bit where bits are the agreement', () => {
        const inputs: number[] = [0, -0, 0.5625, 9.02, 1e30, Infinity, -Infinity]
        for (let exponent = -126; exponent < 20; exponent++)
          for (let i = 0; i < 64; i++)
            inputs.push((i % 2 === 0 ? 1 : -1) * f32.round(2 ** exponent * (1 + i / 64)))
        for (let x = 0.5; x < 10; x += 1 / 512) inputs.push(f32.round(x * 1.0007), f32.round(-x))
        const n = inputs.length
        const y = written(kernels, n, (out) =>
          kernels.dense.affineTanh(
            out,
            kernels.alloc(0),
            kernels.alloc(0),
            given(kernels, inputs),
            1,
            0,
            n,
          ),
        )
        equals(
          y,
          inputs.map((x) => tanh(x)),
          1,
          1,
        )
      })
    })

    describe('softmax', () => {
      const table = fc.tuple(size(8), size(20)).chain(([rows, columns]) =>
        fc.record({
          rows: fc.constant(rows),
          columns: fc.constant(columns),
          x: numbers(rows * columns, 10),
        }),
      )

      const runOf =
        (x: ArrayLike<number>, rows: number, columns: number) =>
        (backend: Machine): readonly number[] =>
          written(backend, x.length, (out) =>
            backend.softmax.logSoftmax(out, given(backend, x), rows, columns),
          )

      /** The row, its maximum taken off, and its sum of exponentials in rising column. */
      const shifted = (row: readonly number[]): [readonly number[], number] => {
        const max = row.reduce((a, b) => (b > a ? b : a), -Infinity)
        const less = row.map((v) => round(v - max))
        return [less, less.reduce((total, v) => round(total + exp(v)), 0)]
      }
      const rowsOf = (x: ArrayLike<number>, rows: number, columns: number): readonly number[][] =>
        Array.from({ length: rows }, (_, i) => Array.from(x).slice(i * columns, (i + 1) * columns))

      test.prop({ t: table })('logSoftmax is x − max − log Σ exp(x − max), row by row', ({ t }) => {
        const expected = rowsOf(t.x, t.rows, t.columns).flatMap((row) => {
          const [less, total] = shifted(row)
          return less.map((v) => round(v - log(total)))
        })
        const run = runOf(t.x, t.rows, t.columns)
        equals(run(kernels), expected, t.columns, 20)
        twin(run, t.columns, 20)
      })

      test.prop({ t: table })('logSoftmax may write over its logits', ({ t }) => {
        const x = given(kernels, t.x)
        kernels.softmax.logSoftmax(x, x, t.rows, t.columns)
        expectSameBits(Array.from(x), runOf(t.x, t.rows, t.columns)(kernels))
      })

      test.prop({ t: table })('probabilities sum to 1', ({ t }) => {
        const logP = runOf(t.x, t.rows, t.columns)(kernels)
        const tolerance = (t.columns + 30) * epsilon
        for (const row of t.columns === 0 ? [] : rowsOf(logP, t.rows, t.columns))
          expectClose(
            row.reduce((sum, v) => sum + Math.exp(v), 0),
            1,
            0,
            tolerance,
          )
        for (const v of logP) expect(v).toBeLessThanOrEqual(tolerance)
      })

      test.prop({ t: table, s: fc.integer({ min: -100, max: 100 }) })(
        'adding a number to a row changes nothing but rounding',
        ({ t, s }) => {
          const moved = t.x.map((v) => v + s)
          expectClose(
            runOf(moved, t.rows, t.columns)(kernels),
            runOf(t.x, t.rows, t.columns)(kernels),
            0,
            // x + s is rounded in f32 already
            4 * (110 + t.columns) * 2 ** -23,
          )
        },
      )

      test('huge numbers neither overflow nor underflow to NaN, and −∞ is probability 0', () => {
        const x = [1e4, -1e4, 0, 0, -Infinity, 0]
        expectClose(
          runOf(x, 2, 3)(kernels),
          [0, -2e4, -1e4, -Math.LN2, -Infinity, -Math.LN2],
          1e-7,
          0,
        )
      })
    })

    describe('vector', () => {
      /** The stated order, said once more: lane j takes x[j], x[16 + j] …; then halves fold. */
      const lanes = (x: ArrayLike<number>): number => {
        let sums = Array.from({ length: 16 }, (_, j) =>
          Array.from(x)
            .filter((_unused, i) => i % 16 === j)
            .reduce((s, v) => round(s + round(v * v)), 0),
        )
        while (sums.length > 1) {
          const half = sums.length / 2
          sums = sums.slice(0, half).map((s, j) => round(s + sums[half + j]!))
        }
        return sums[0]!
      }

      test.prop({ x: vectors(100) })(
        'sumSquares is sixteen strided sums, folded in halves',
        ({ x }) => {
          const run = (backend: Machine): readonly number[] => [
            backend.vector.sumSquares(given(backend, x)),
          ]
          equals(run(kernels), [lanes(x)], x.length, lanes(x))
          twin(run, x.length, lanes(x))
        },
      )

      test('sumSquares of 3, 4 is 25, and of nothing 0', () => {
        expect(kernels.vector.sumSquares(given(kernels, [3, 4]))).toBe(25)
        expect(kernels.vector.sumSquares(kernels.alloc(0))).toBe(0)
      })

      /** Numbers up to that size, and what no number is, here and there. */
      const withEnds = (scale: number): fc.Arbitrary<Float32Array> =>
        vectors(scale).chain((x) =>
          fc
            .array(fc.constantFrom(null, null, -Infinity, Infinity, NaN, -0), {
              minLength: x.length,
              maxLength: x.length,
            })
            .map((ends) => x.map((v, i) => ends[i] ?? v)),
        )

      test.prop({ x: withEnds(150) })(
        'exp is that of the element type, element by element',
        ({ x }) => {
          const run = (backend: Machine): readonly number[] =>
            written(backend, x.length, (out) => backend.vector.exp(out, given(backend, x)))
          equals(
            run(kernels),
            Array.from(x, (v) => exp(v)),
          )
        },
      )

      test.prop({ x: vectors(), s: fc.double({ min: -3, max: 3, noNaN: true }) })(
        'scale is s · x, with s rounded first',
        ({ x, s }) => {
          const run = (backend: Machine): readonly number[] =>
            written(backend, x.length, (out) => backend.vector.scale(out, given(backend, x), s))
          equals(
            run(kernels),
            Array.from(x, (v) => round(v * round(s))),
          )
          twin(run, 1, 6)
        },
      )

      test.prop({ x: vectors(), y: vectors() })('add is a + b', ({ x, y }) => {
        const n = Math.min(x.length, y.length)
        const [a, b] = [x.slice(0, n), y.slice(0, n)]
        const run = (backend: Machine): readonly number[] =>
          written(backend, n, (out) =>
            backend.vector.add(out, given(backend, a), given(backend, b)),
          )
        equals(
          run(kernels),
          Array.from(a, (v, i) => round(v + b[i]!)),
        )
        twin(run, 1, 4)
      })

      test.prop({ x: withEnds(2), least: fc.constantFrom(-(2 ** 126), -1, 0, 0.5) })(
        'atLeast is the greater of x and a bound, and NaN where x is',
        ({ x, least }) => {
          const run = (backend: Machine): readonly number[] =>
            written(backend, x.length, (out) =>
              backend.vector.atLeast(out, given(backend, x), least),
            )
          expectSameBits(
            run(kernels),
            Array.from(x, (v) => (v < least ? least : v)),
          )
        },
      )

      test.prop({ x: withEnds(2), seed: fc.infiniteStream(fc.constantFrom(0, 0, 1, 2, 255)) })(
        'mask puts −∞ where a byte is 0, and x elsewhere',
        ({ x, seed }) => {
          const open = Uint8Array.from(seed.take(x.length))
          const run = (backend: Machine): readonly number[] =>
            written(backend, x.length, (out) => {
              const bytes = backend.bytes(x.length)
              bytes.set(open)
              backend.vector.mask(out, given(backend, x), bytes)
            })
          expectSameBits(
            run(kernels),
            Array.from(x, (v, i) => (open[i] === 0 ? -Infinity : v)),
          )
        },
      )
    })

    describe('adam', () => {
      const scalars = fc.record<AdamScalars>({
        beta1: fc.constantFrom(0, 0.5, 0.9),
        beta2: fc.constantFrom(0, 0.9, 0.999),
        epsilon: fc.constantFrom(1e-8, 1e-5),
        learningRate: fc.double({ min: 1e-5, max: 1e-1, noNaN: true }),
        correction1: fc.double({ min: 0.1, max: 1, noNaN: true }),
        correction2: fc.double({ min: 0.001, max: 1, noNaN: true }),
      })
      const state = size(40).chain((n) =>
        fc.record({
          g: numbers(n),
          m: numbers(n),
          v: numbers(n).map((v) => v.map((w) => Math.fround(w * w))),
          s: scalars,
        }),
      )

      const runOf =
        ({ g, m, v, s }: { g: Float32Array; m: Float32Array; v: Float32Array; s: AdamScalars }) =>
        (backend: Machine): readonly [readonly number[], readonly number[], readonly number[]] => {
          const n = g.length
          const [step, m1, v1] = [backend.alloc(n), backend.alloc(n), backend.alloc(n)].map((x) =>
            x.fill(NaN),
          )
          backend.adam(step!, m1!, v1!, given(backend, g), given(backend, m), given(backend, v), s)
          return [Array.from(step!), Array.from(m1!), Array.from(v1!)]
        }

      test.prop({ x: state })('is the stated formula with every operation rounded', ({ x }) => {
        const { g, m, v, s } = x
        const [b1, b2] = [round(s.beta1), round(s.beta2)]
        const [c1, c2] = [round(1 - s.beta1), round(1 - s.beta2)]
        const [lr, root] = [
          round(s.learningRate / s.correction1),
          round(1 / Math.sqrt(s.correction2)),
        ]
        const eps = round(s.epsilon)
        const moment = Array.from(g, (gi, i) => round(round(b1 * m[i]!) + round(c1 * gi)))
        const second = Array.from(g, (gi, i) =>
          round(round(b2 * v[i]!) + round(round(c2 * gi) * gi)),
        )
        const step = Array.from(g, (_, i) => {
          const below = round(round(round(Math.sqrt(second[i]!)) * root) + eps)
          return -round(round(lr * moment[i]!) / below)
        })
        const [actualStep, actualMoment, actualSecond] = runOf(x)(kernels)
        equals(actualMoment, moment)
        equals(actualSecond, second)
        if (agreement === 'bits') expectSameBits(actualStep, step)
        else expectClose(actualStep, step, 1e-5, 1e-9)
      })

      test.prop({ x: state })(
        'is Algorithm 1 of Kingma and Ba, computed plainly in f64',
        ({ x }) => {
          const { g, m, v, s } = x
          const [step, m1, v1] = runOf(x)(kernels)
          const moment = Array.from(g, (gi, i) => s.beta1 * m[i]! + (1 - s.beta1) * gi)
          const second = Array.from(g, (gi, i) => s.beta2 * v[i]! + (1 - s.beta2) * gi ** 2)
          const unit = dtype === 'f32' ? 2 ** -23 : 2 ** -52
          expectClose(m1, moment, 4 * unit, 8 * unit)
          expectClose(v1, second, 8 * unit, TINY)
          for (let i = 0; i < g.length; i++) {
            const [mHat, vHat] = [moment[i]! / s.correction1, second[i]! / s.correction2]
            const scale = Math.sqrt(vHat) + s.epsilon
            expectClose(
              step[i]!,
              (-s.learningRate * mHat) / scale,
              16 * unit,
              // what is lost where the two terms of the moment cancel
              (16 * unit * s.learningRate) / s.correction1 / scale,
            )
          }
        },
      )

      test.prop({ x: state })('agrees with the reference', ({ x }) => {
        const run = (part: 1 | 2) => (backend: Machine) => runOf(x)(backend)[part]
        twin(run(1), 3, 4)
        twin(run(2), 3, 4)
      })
    })

    test('no kernel writes into an input', () => {
      const input = (...x: readonly number[]): Floats => given(kernels, x)
      const [a, b] = [input(1, -0.5, 0.25, 3), input(0.5, 2, -1, 0.125)]
      const [bias, square] = [input(-1, 0.5), input(1, 4, 0, 0.25)]
      const s = {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        learningRate: 0.1,
        correction1: 0.1,
        correction2: 0.001,
      }
      const out = (): Floats => kernels.alloc(4)
      const { matmul, dense, softmax, vector, adam } = kernels
      type In = Floats
      const fill = (kernel: (out: Floats) => void): Floats => {
        const o = out()
        kernel(o)
        return o
      }
      expectPure((x: In, y: In, c: In) => fill((o) => matmul.nn(o, x, y, c, 2, 2, 2)), a, b, bias)
      expectPure((x: In, y: In) => fill((o) => matmul.tn(o, x, y, 2, 2, 2)), a, b)
      expectPure((x: In, y: In) => fill((o) => matmul.nt(o, x, y, 2, 2, 2)), a, b)
      expectPure(
        (x: In, y: In, c: In) => fill((o) => dense.affineTanh(o, x, y, c, 2, 2, 2)),
        a,
        b,
        bias,
      )
      expectPure((x: In, y: In) => fill((o) => dense.tanhBackward(o, x, y)), a, b)
      expectPure((x: In) => fill((o) => softmax.logSoftmax(o, x, 2, 2)), a)
      expectPure((x: In) => vector.sumSquares(x), a)
      expectPure((x: In) => fill((o) => vector.scale(o, x, 0.5)), a)
      expectPure((x: In, y: In) => fill((o) => vector.add(o, x, y)), a, b)
      expectPure((x: In) => fill((o) => vector.atLeast(o, x, 0.5)), a)
      const bytes = kernels.bytes(4)
      expectPure((x: In, open: Uint8Array) => fill((o) => vector.mask(o, x, open)), a, bytes)
      expectPure(
        (g: In, m: In, v: In) => {
          const [step, m1, v1] = [out(), out(), out()]
          adam(step, m1, v1, g, m, v, s)
          return [step, m1, v1]
        },
        a,
        b,
        square,
      )
    })

    test('a kernel writes its own outputs and nothing beside them', () => {
      // Neighbours in one buffer: rows of 3 × 5, where lanes of 4 would run over the edge.
      const whole = kernels.alloc(64).fill(-7)
      const out = whole.subarray(16, 16 + 15)
      const [a, b] = [given(kernels, new Float32Array(6).fill(1)), kernels.alloc(10).fill(1)]
      kernels.matmul.nn(out, a, b, null, 3, 2, 5)
      expect(Array.from(whole.subarray(0, 16))).toStrictEqual(Array.from({ length: 16 }, () => -7))
      expect(Array.from(out)).toStrictEqual(Array.from({ length: 15 }, () => 2))
      expect(Array.from(whole.subarray(31))).toStrictEqual(Array.from({ length: 33 }, () => -7))
    })

    if (dtype === 'f64') gradientLaws(kernels)
  })
}

/** Gradients against central differences: only in f64 are there digits enough. */
const gradientLaws = (kernels: Machine): void => {
  const layer = fc.tuple(size(4), size(4), size(4)).chain(([m, k, n]) =>
    fc.record({
      m: fc.constant(m),
      k: fc.constant(k),
      n: fc.constant(n),
      x: elements('f64', m * k, 1),
      w: elements('f64', k * n, 1),
      b: elements('f64', n, 1),
      c: elements('f64', m * n, 1),
    }),
  )

  test.prop({ l: layer }, { numRuns: 50 })(
    'gradients of Σ c ∘ tanh(x w + b) in x, w and b meet central differences',
    ({ l }) => {
      const { m, k, n } = l
      const f64s = (v: ArrayLike<number>): Float64Array => Float64Array.from(v)
      // The loss in plain JavaScript, so that forward and backward are both on trial.
      const loss = (x: ArrayLike<number>, w: ArrayLike<number>, b: ArrayLike<number>): number => {
        let total = 0
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let z = b[j]!
            for (let q = 0; q < k; q++) z += x[i * k + q]! * w[q * n + j]!
            total += l.c[i * n + j]! * Math.tanh(z)
          }
        return total
      }
      const [x, w, b] = [f64s(l.x), f64s(l.w), f64s(l.b)]
      const [y, dz] = [kernels.alloc(m * n), kernels.alloc(m * n)]
      const [dx, dw, db] = [kernels.alloc(m * k), kernels.alloc(k * n), kernels.alloc(n)]
      kernels.dense.affineTanh(y, x, w, b, m, k, n)
      kernels.dense.tanhBackward(dz, f64s(l.c), y)
      kernels.matmul.nt(dx, dz, w, m, k, n)
      kernels.matmul.tn(dw, x, dz, m, k, n)
      kernels.dense.sumRows(db, dz, m, n)
      expectClose(
        dx,
        numericGrad((v) => loss(v, w, b), x),
        1e-6,
        1e-9,
      )
      expectClose(
        dw,
        numericGrad((v) => loss(x, v, b), w),
        1e-6,
        1e-9,
      )
      expectClose(
        db,
        numericGrad((v) => loss(x, w, v), b),
        1e-6,
        1e-9,
      )
    },
  )
}

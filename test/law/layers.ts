import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { buildAlone } from '../../src/engine/runtime.ts'
import { js } from '../../src/kernel/js/js.ts'
import type { Machine } from '../../src/kernel/machine.ts'
import { wasm } from '../../src/kernel/wasm/wasm.ts'
import type { Batch, Layer } from '../../src/nn/index.ts'
import { filled } from '../../src/nn/layer.ts'
import { key } from '../../src/random/key.ts'
import { uniform } from '../../src/random/uniform.ts'
import { pack, withFlat, type Params, type ParamTree } from '../../src/tensor/params.ts'
import {
  data,
  of,
  own,
  ownLike,
  size,
  toArray,
  type Floats,
  type Tensor,
} from '../../src/tensor/tensor.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { inner, numericAlong } from '../support/direction.ts'
import { expectPure, expectSameBits } from './purity.ts'

export interface LayerCase {
  readonly layer: Layer
  /** the numbers that go into it: such as lie in [−1, 1] unless said otherwise */
  readonly input?: fc.Arbitrary<number>
  /** false where its input is not differentiable */
  readonly hasInputGradient?: boolean
  /** what must not lie near 0, where the layer has a kink */
  readonly kinks?: (params: ParamTree, x: Batch<'env'>) => readonly number[]
}

type Type = 'f32' | 'f64'

/** n numbers in [−1, 1] of that element type. */
const spread = (seed: number, n: number, type: Type): Floats => {
  const u = toArray(uniform(key(seed), ['x'], [n], 'f64')).map((v) => 2 * v - 1)
  return typed(type, u) as Floats
}

const gradsOf = (params: Params, count: number): readonly Params[] =>
  Array.from({ length: count }, () => {
    const flat = data(params.flat) as Floats
    const empty =
      flat instanceof Float32Array ? new Float32Array(flat.length) : new Float64Array(flat.length)
    return withFlat(params.tree, empty.fill(NaN))
  })

const rowsOf = (x: Batch<'env'>, from: number, to: number): Batch<'env'> => {
  const [, width] = x.shape
  return of(
    ['env', 'feature'],
    [to - from, width],
    (data(x) as Floats).slice(from * width, to * width),
  )
}

/** The laws of a layer: what each function returns, and that they are derivatives of one another. */
export const layerLaws = (name: string, layerCase: LayerCase): void => {
  const { layer, input, hasInputGradient = true, kinks } = layerCase
  const { inputs, outputs, paramCount } = layer
  // Near kinks differences must be small; away from them large ones are more exact.
  const [h, atol] = kinks === undefined ? [1e-3, 1e-9] : [1e-4, 1e-8]

  const drawn = (type: Type, max: number) =>
    fc.tuple(fc.integer({ min: 1, max }), fc.nat()).chain(([rows, seed]) => {
      const numbers =
        input === undefined
          ? elements(type, rows * inputs, 1)
          : fc.array(input, { minLength: rows * inputs, maxLength: rows * inputs })
      return numbers.map((x) => {
        const params = withFlat(layer.init(key(0), type), spread(seed, paramCount, type))
        return {
          rows,
          params,
          tangent: withFlat(params.tree, spread(seed + 1, paramCount, type)),
          x: of(['env', 'feature'], [rows, inputs], typed(type, x)),
          dx: hasInputGradient
            ? own(['env', 'feature'], [rows, inputs], spread(seed + 2, rows * inputs, type))
            : null,
          dy: own(['env', 'feature'], [rows, outputs], spread(seed + 3, rows * outputs, type)),
        }
      })
    })
  type Drawn = typeof drawn extends (...args: never[]) => fc.Arbitrary<infer D> ? D : never
  const smooth = (max: number) =>
    drawn('f64', max).filter(
      ({ params, x }) =>
        kinks === undefined || kinks(params.tree, x).every((z) => Math.abs(z) > 5e-3),
    )

  const backward = (
    machine: Machine,
    { params, x, dy }: Pick<Drawn, 'params' | 'x' | 'dy'>,
    cuts: readonly number[],
    wantsInput: boolean,
  ) => {
    const ends = [...cuts, x.shape[0]]
    const grads = gradsOf(params, ends.length)
    const shards = ends.map((to, i) => ({
      from: i === 0 ? 0 : ends[i - 1]!,
      to,
      grads: grads[i]!.tree,
    }))
    const [, cache] = layer.forward(machine, params.tree, x)
    const dx = layer.backward(machine, shards, params.tree, cache, dy, wantsInput)
    return { dx, grads: grads.map(({ flat }) => toArray(flat)) }
  }
  const forward = (params: ParamTree, x: Batch<'env'>): number[] =>
    toArray(layer.forward(js.f64, params, x)[0])

  describe(`${name}: the laws of a layer`, () => {
    test.prop({ d: drawn('f32', 9) }, { numRuns: 12 })(
      'forward: [B, outputs], and row i of a batch has the bits of row i alone',
      ({ d: { params, x, rows } }) => {
        const [y] = expectPure(
          (p: ParamTree, input: typeof x) => layer.forward(js.f32, p, input),
          params.tree,
          x,
        )
        expect([y.dims, y.shape, y.dtype]).toStrictEqual([
          ['env', 'feature'],
          [rows, outputs],
          'f32',
        ])
        for (let i = 0; i < rows; i++) {
          const [alone] = layer.forward(js.f32, params.tree, rowsOf(x, i, i + 1))
          expect(toArray(alone)).toStrictEqual(toArray(y).slice(i * outputs, (i + 1) * outputs))
        }
      },
    )

    test.prop({ d: smooth(3) }, { numRuns: 15 })(
      'backward is the gradient of Σ dy ∘ y in parameters and input: central differences',
      ({ d }) => {
        const { params, x, dy } = d
        const loss = (p: ParamTree, at: typeof x): number => inner(forward(p, at), toArray(dy))
        const { dx, grads } = backward(js.f64, d, [], hasInputGradient)
        expectClose(
          grads[0]!,
          numericGrad((flat) => loss(withFlat(params.tree, flat).tree, x), toArray(params.flat), h),
          1e-6,
          atol,
        )
        if (!hasInputGradient) return
        expect([dx!.dims, dx!.shape, dx!.dtype]).toStrictEqual([x.dims, x.shape, 'f64'])
        expectClose(
          toArray(dx!),
          numericGrad(
            (at) => loss(params.tree, of(['env', 'feature'], x.shape, at)),
            toArray(x),
            h,
          ),
          1e-6,
          atol,
        )
      },
    )

    test.prop({ d: smooth(3) }, { numRuns: 15 })(
      'jvp is the derivative along a direction of parameters and input: central differences',
      ({ d: { params, tangent, x, dx } }) => {
        const [y, cache] = layer.forward(js.f64, params.tree, x)
        const [at, t] = [[params.flat, x].flatMap(toArray), toArray(tangent.flat)]
        const f = (all: Float64Array): number[] =>
          forward(
            withFlat(params.tree, all.slice(0, paramCount)).tree,
            of(['env', 'feature'], x.shape, all.slice(paramCount)),
          )
        for (const direction of dx === null ? [null] : [null, dx]) {
          const dy = layer.jvp(js.f64, params.tree, tangent.tree, cache, direction)
          const along = direction === null ? toArray(x).map(() => 0) : toArray(direction)
          const expected = numericAlong(f, at, [...t, ...along], h)
          expect([dy!.dims, dy!.shape, dy!.dtype]).toStrictEqual([y.dims, y.shape, 'f64'])
          expectClose(toArray(dy!), expected, 1e-6, atol)
        }
      },
    )

    test.prop({ d: drawn('f64', 4) }, { numRuns: 15 })(
      'jvp and backward are adjoint: ⟨dy, J t⟩ = ⟨Jᵀ dy, t⟩',
      ({ d }) => {
        const { params, tangent, x, dx, dy } = d
        const [, cache] = layer.forward(js.f64, params.tree, x)
        const back = backward(js.f64, d, [], hasInputGradient)
        const moved = layer.jvp(js.f64, params.tree, tangent.tree, cache, dx)
        const byInput = dx === null ? 0 : inner(toArray(back.dx!), toArray(dx))
        expectClose(
          inner(toArray(dy), toArray(moved!)),
          inner(back.grads[0]!, toArray(tangent.flat)) + byInput,
          1e-10,
          1e-11,
        )
      },
    )

    test.prop({ d: drawn('f32', 9), cut: fc.array(fc.nat(9), { maxLength: 4 }) }, { numRuns: 15 })(
      'a shard’s gradient has the bits of its rows alone, whatever the arrays held; dx is of all',
      ({ d, cut }) => {
        const cuts = cut.map((at) => Math.min(at, d.rows)).toSorted((a, b) => a - b)
        const { grads, dx } = backward(js.f32, d, cuts, hasInputGradient)
        const whole = backward(js.f32, d, [], hasInputGradient)
        expectSameBits(
          dx === null ? null : toArray(dx),
          whole.dx === null ? null : toArray(whole.dx),
        )
        for (const [i, to] of [...cuts, d.rows].entries()) {
          const from = i === 0 ? 0 : cuts[i - 1]!
          if (from === to) expect(grads[i]!.every((g) => g === 0)).toBe(true)
          else {
            const rows = { params: d.params, x: rowsOf(d.x, from, to), dy: rowsOf(d.dy, from, to) }
            expectSameBits(grads[i], backward(js.f32, rows, [], false).grads[0])
          }
        }
      },
    )

    test.prop({ d: drawn('f64', 4), at: fc.nat(4) }, { numRuns: 12 })(
      'shards add up to the gradient of all rows; asking for the input’s changes no other',
      ({ d, at }) => {
        const [all] = backward(js.f64, d, [], false).grads
        const halves = backward(js.f64, d, [Math.min(at, d.rows)], hasInputGradient).grads
        expectClose(
          halves[0]!.map((g, i) => g + halves[1]![i]!),
          all!,
          1e-12,
          1e-13,
        )
        expect(backward(js.f64, d, [], false).dx).toBeNull()
      },
    )

    const everything = (
      machine: Machine,
      d: Drawn,
      grads: readonly Params[] = gradsOf(d.params, 2),
    ): ReadonlyArray<Tensor | null> => {
      const [y, cache] = layer.forward(machine, d.params.tree, d.x)
      const half = Math.floor(d.rows / 2)
      const shards = [
        { from: 0, to: half, grads: grads[0]!.tree },
        { from: half, to: d.rows, grads: grads[1]!.tree },
      ]
      const dx = layer.backward(machine, shards, d.params.tree, cache, d.dy, hasInputGradient)
      const dy = layer.jvp(machine, d.params.tree, d.tangent.tree, cache, d.dx)
      return [y, dx, dy, ...grads.map(({ flat }) => flat)]
    }
    const bitsOf = (tensors: ReadonlyArray<Tensor | null>) =>
      tensors.map((t) => (t === null ? null : toArray(t)))

    test.prop({ d: drawn('f32', 9) }, { numRuns: 12 })(
      'js and wasm give the same bits: output, gradients and jvp',
      ({ d }) => {
        expectSameBits(bitsOf(everything(wasm.machine, d)), bitsOf(everything(js.f32, d)))
      },
    )

    test.prop({ d: drawn('f32', 9) }, { numRuns: 10 })(
      'whatever the arrays of a machine hold, it gives the same bits',
      ({ d }) => {
        const used: Machine = { ...js.f32, alloc: (n) => new Float32Array(n).fill(NaN) }
        expectSameBits(bitsOf(everything(used, d)), bitsOf(everything(js.f32, d)))
      },
    )

    test.prop({ d: drawn('f32', 9) }, { numRuns: 10 })(
      'recorded, it gives the same bits, in the second run as in the first, and for other numbers',
      ({ d }) => {
        const run = buildAlone(wasm, ({ own, record }) => {
          const [flat, t] = [own.floats(paramCount), own.floats(paramCount)]
          const [x, dx, dy] = [d.x, d.dx ?? d.x, d.dy].map((like) =>
            ownLike(like, own.floats(size(like))),
          )
          const grads = [0, 1].map(() => withFlat(d.params.tree, own.floats(paramCount)))
          const placed = {
            rows: d.rows,
            params: withFlat(d.params.tree, flat),
            tangent: withFlat(d.params.tree, t),
            x: x!,
            dx: d.dx === null ? null : dx!,
            dy: dy!,
          }
          const { run } = record((machine) => everything(machine, placed, grads))
          return (numbers: Drawn) => {
            flat.set(data(numbers.params.flat))
            t.set(data(numbers.tangent.flat))
            filled(x!).set(data(numbers.x))
            if (numbers.dx !== null) filled(dx!).set(data(numbers.dx))
            filled(dy!).set(data(numbers.dy))
            return run()
          }
        })
        const other = { ...d, params: d.tangent, tangent: d.params }
        for (const numbers of [d, other, d, d])
          expectSameBits(bitsOf(run(numbers)), bitsOf(everything(js.f32, numbers)))
      },
    )

    test.prop({ d: drawn('f32', 4) }, { numRuns: 12 })(
      'f32 agrees with f64 within 1e-4 of the largest',
      ({ d }) => {
        const wide = {
          ...d,
          params: withFlat(d.params.tree, Float64Array.from(toArray(d.params.flat))),
          x: of(['env', 'feature'], d.x.shape, toArray(d.x)),
          dy: of(['env', 'feature'], d.dy.shape, toArray(d.dy)),
        }
        fc.pre(
          kinks === undefined || kinks(wide.params.tree, wide.x).every((z) => Math.abs(z) > 1e-5),
        )
        const run = (machine: Machine, at: typeof d) => [
          toArray(layer.forward(machine, at.params.tree, at.x)[0]),
          backward(machine, at, [], false).grads[0]!,
        ]
        const exact = run(js.f64, wide)
        for (const [i, numbers] of run(js.f32, d).entries()) {
          const largest = Math.max(...exact[i]!.map(Math.abs))
          expectClose(numbers, exact[i]!, 1e-4, 1e-4 * largest + 1e-7)
        }
      },
    )

    test('init: paramCount numbers of the type asked for, the same for the same key', () => {
      for (const type of ['f32', 'f64'] as const) {
        const { flat } = pack(expectPure((seed: number) => layer.init(key(seed), type), 1))
        expect([flat.shape, flat.dtype]).toStrictEqual([[paramCount], type])
        expect(toArray(pack(layer.init(key(2), type)).flat)).not.toEqual(toArray(flat))
      }
    })

    test('x and dy of another width are refused', () => {
      const batch = (width: number) =>
        of(['env', 'feature'], [2, width], new Float64Array(2 * width))
      const params = layer.init(key(1), 'f64')
      expect(() => layer.forward(js.f64, params, batch(inputs + 1))).toThrow(
        `x: expected [env=2, feature=${inputs}], got [env=2, feature=${inputs + 1}]`,
      )
      const [, cache] = layer.forward(js.f64, params, batch(inputs))
      expect(() => layer.backward(js.f64, [], params, cache, batch(outputs + 1), false)).toThrow(
        `dy: expected [env=2, feature=${outputs}], got [env=2, feature=${outputs + 1}]`,
      )
    })

    test('parameters and tangents of another shape are refused by name', () => {
      const params = layer.init(key(1), 'f64')
      const x = of(['env', 'feature'], [1, inputs], new Float64Array(inputs))
      const [, cache] = layer.forward(js.f64, params, x)
      expect(() => layer.forward(js.f64, {}, x)).toThrow(RangeError)
      expect(() => layer.jvp(js.f64, params, {}, cache, null)).toThrow(RangeError)
    })
  })
}

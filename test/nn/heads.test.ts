import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { dense, heads, type Batch, type Dense, type HeadsParams } from '../../src/nn/index.ts'
import { key, split } from '../../src/random/key.ts'
import { leaves, pack, withFlat, type Params } from '../../src/tensor/params.ts'
import { of, own, toArray } from '../../src/tensor/tensor.ts'
import { elements } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { inner, numericAlong } from '../support/direction.ts'

type Names = 'a' | 'b' | 'c'
type P = HeadsParams<Names>

const parts = {
  a: dense(3, 2),
  b: dense(3, 1, { activation: 'linear' }),
  c: dense(3, 2, { activation: 'silu' }),
}
const shared = heads<Names>(dense(2, 3), parts)
const separate = heads<Names>(null, parts)

const emptyLike = (params: Params<P>): Params<P> =>
  withFlat(params.tree, new Float64Array(params.flat.shape[0]).fill(NaN))

const batch = (width: number, x: ArrayLike<number>): Batch<'env'> =>
  own(['env', 'feature'], [x.length / width, width], Float64Array.from(x))

for (const [name, net] of [
  ['on a trunk', shared],
  ['on the input', separate],
] as const) {
  const drawn = fc.record({
    seed: fc.nat(),
    x: elements('f64', 2 * net.inputs, 1).map((x) => batch(net.inputs, x)),
    dx: elements('f64', 2 * net.inputs, 1).map((x) => batch(net.inputs, x)),
    a: elements('f64', 4, 1).map((d) => batch(2, d)),
    b: elements('f64', 2, 1).map((d) => batch(1, d)),
    c: elements('f64', 4, 1).map((d) => batch(2, d)),
  })
  const backward = (
    params: Params<P>,
    x: Batch<'env'>,
    dy: { readonly [K in Names]: Batch<'env'> | null },
  ) => {
    const grads = emptyLike(params)
    const [, cache] = net.forward(js.f64, params.tree, x)
    const shards = [{ from: 0, to: 2, grads: grads.tree }]
    const dx = net.backward(js.f64, shards, params.tree, cache, dy, true)
    return { grads, dx }
  }

  describe(`heads ${name}`, () => {
    test.prop({ d: drawn }, { numRuns: 20 })(
      'backward is the gradient of Σ dy ∘ y of all heads: central differences',
      ({ d: { seed, x, a, b, c } }) => {
        const params = pack(net.init(key(seed), 'f64'))
        const loss = (p: P, at: Batch<'env'>): number => {
          const [y] = net.forward(js.f64, p, at)
          return (
            inner(toArray(y.a), toArray(a)) +
            inner(toArray(y.b), toArray(b)) +
            inner(toArray(y.c), toArray(c))
          )
        }
        const { grads, dx } = backward(params, x, { a, b, c })
        expectClose(
          toArray(grads.flat),
          numericGrad((flat) => loss(withFlat(params.tree, flat).tree, x), toArray(params.flat)),
          1e-6,
          1e-9,
        )
        expectClose(
          toArray(dx!),
          numericGrad((at) => loss(params.tree, batch(net.inputs, at)), toArray(x)),
          1e-6,
          1e-9,
        )
      },
    )

    test.prop({ d: drawn }, { numRuns: 20 })(
      'jvp is the derivative of one output, and adjoint to the backward pass of that output',
      ({ d: { seed, x, dx, c } }) => {
        const params = pack(net.init(key(seed), 'f64'))
        const tangent = pack(net.init(key(seed + 1), 'f64'))
        const [, cache] = net.forward(js.f64, params.tree, x)
        const moved = net.jvp(js.f64, params.tree, tangent.tree, cache, 'c', dx)!
        const count = params.flat.shape[0]
        const f = (all: Float64Array): number[] => {
          const { tree } = withFlat(params.tree, all.slice(0, count))
          return toArray(net.forward(js.f64, tree, batch(net.inputs, all.slice(count)))[0].c)
        }
        const [at, along] = [[params.flat, x].flatMap(toArray), [tangent.flat, dx].flatMap(toArray)]
        expectClose(toArray(moved), numericAlong(f, at, along), 1e-6, 1e-9)

        const back = backward(params, x, { a: null, b: null, c })
        expectClose(
          inner(toArray(c), toArray(moved)),
          inner(toArray(back.grads.flat), toArray(tangent.flat)) +
            inner(toArray(back.dx!), toArray(dx)),
          1e-10,
          1e-12,
        )
      },
    )

    test.prop({ d: drawn }, { numRuns: 10 })(
      'null is a gradient of 0: that head gets 0, and the others what they get beside zeros',
      ({ d: { seed, x, a, b } }) => {
        const params = pack(net.init(key(seed), 'f64'))
        const c = batch(2, [0, 0, 0, 0])
        const [without, zero] = [null, c].map((d) => backward(params, x, { a, b, c: d }))
        // −0 + 0 is 0: compare as numbers.
        expect(toArray(without!.grads.flat).map((g) => g + 0)).toStrictEqual(
          toArray(zero!.grads.flat).map((g) => g + 0),
        )
        const none = backward(params, x, { a: null, b: null, c: null })
        expect(toArray(none.grads.flat).every((g) => g === 0)).toBe(true)
        expect(none.dx).toBeNull()
      },
    )

    test.prop({ d: drawn }, { numRuns: 10 })(
      'one output alone has the bits of that of all',
      ({ d: { seed, x } }) => {
        const params = net.init(key(seed), 'f64')
        const [y] = net.forward(js.f64, params, x)
        for (const head of ['a', 'b', 'c'] as const)
          expect(toArray(net.only(js.f64, params, head, x)[0])).toStrictEqual(toArray(y[head]))
      },
    )

    test('knows its sizes', () => {
      expect(net.outputs).toStrictEqual({ a: 2, b: 1, c: 2 })
      expect(net.paramCount).toBe(pack(net.init(key(1), 'f32')).flat.shape[0])
    })
  })
}

describe('heads', () => {
  test('trunk and heads lie in order and draw from the children of the key in order', () => {
    const keys = split(key(1), 4)
    const params = shared.init(key(1), 'f64')
    expect(Object.keys(params)).toStrictEqual(['trunk', 'a', 'b', 'c'])
    expect(params).toStrictEqual({
      trunk: dense(2, 3).init(keys[0], 'f64'),
      a: parts.a.init(keys[1], 'f64'),
      b: parts.b.init(keys[2], 'f64'),
      c: parts.c.init(keys[3], 'f64'),
    })
    const own = split(key(1), 3)
    expect(separate.init(key(1), 'f64').a).toStrictEqual(parts.a.init(own[0], 'f64'))
  })

  test('the features’ gradient is the sum over the heads in their order, rounded to f32', () => {
    const one = (w: number): Dense => ({
      weight: of(['in', 'out'], [1, 1], Float32Array.of(w)),
      bias: of(['out'], [1], Float32Array.of(0)),
    })
    const linear = dense(1, 1, { activation: 'linear' })
    const net = heads(linear, { a: linear, b: linear, c: linear })
    const run = (a: number, b: number, c: number) => {
      const params = { trunk: one(1), a: one(a), b: one(b), c: one(c) }
      const x = of(['env', 'feature'], [1, 1], Float32Array.of(1))
      const [y, cache] = net.forward(js.f32, params, x)
      const d = of(['env', 'feature'], [1, 1], Float32Array.of(1))
      expect(toArray(y.a)).toStrictEqual([a])
      const dx = net.backward(js.f32, [], params, cache, { a: d, b: d, c: d }, true)
      return toArray(dx!)
    }
    expect(run(2 ** 24, 1, 1)).toStrictEqual([2 ** 24])
    expect(run(1, 1, 2 ** 24)).toStrictEqual([2 ** 24 + 2])
  })

  test('what does not fit together is refused', () => {
    expect(() => heads(dense(2, 4), { a: dense(3, 1) })).toThrow(
      'layers.a.inputs: expected 4, the number of features, got 3',
    )
    expect(() => heads(null, { a: dense(3, 1), b: dense(2, 1) })).toThrow(
      'layers.b.inputs: expected 3',
    )
    expect(() => heads(null, {})).toThrow('layers: expected at least one head, got none')
    expect(() => heads(null, { trunk: dense(1, 1) })).toThrow('rename it')
  })

  test('a tree without a part is refused by name', () => {
    const params = shared.init(key(1), 'f64')
    const { trunk, ...rest } = params
    const x = batch(2, [1, 2])
    const [y, cache] = shared.forward(js.f64, params, x)
    expect(leaves({ trunk: trunk! })).toHaveLength(2)
    const message = 'expected a part trunk, got a, b, c'
    expect(() => shared.forward(js.f64, rest, x)).toThrow(`params: ${message}`)
    expect(() => shared.jvp(js.f64, params, rest, cache, 'a', null)).toThrow(`tangent: ${message}`)
    const shards = [{ from: 0, to: 1, grads: rest }]
    const dy = { a: null, b: null, c: y.c }
    const run = () => shared.backward(js.f64, shards, params, cache, dy, false)
    expect(run).toThrow(`shards.grads: ${message}`)
  })
})

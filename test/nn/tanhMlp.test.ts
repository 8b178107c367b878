import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { dense, fanIn, tanhMlp } from '../../src/nn/index.ts'
import { key, split, uniform } from '../../src/random/index.ts'
import { pack, withFlat } from '../../src/tensor/params.ts'
import { data, of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { inner, numericAlong } from '../support/direction.ts'

const kernels = js.f64
const side = fc.integer({ min: 1, max: 4 })

const nets = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.array(side, { minLength: 2, maxLength: 4 }))
  .chain(([rows, sizes]) =>
    fc.record({
      sizes: fc.constant(sizes),
      params: fc
        .maxSafeNat()
        .map((seed) => tanhMlp.init(kernels, key(seed), { sizes, hiddenGain: 1, outputGain: 1 })),
      x: elements('f64', rows * sizes[0]!, 1).map((v) =>
        of(['env', 'feature'], [rows, sizes[0]!], v),
      ),
      c: elements('f64', rows * sizes.at(-1)!, 1).map((v) =>
        of(['env', 'feature'], [rows, sizes.at(-1)!], v),
      ),
    }),
  )

describe('tanhMlp', () => {
  test.prop({ net: nets })(
    'forward is one dense layer after the other, all tanh but the last',
    ({ net: { params, x } }) => {
      const [y, caches] = expectPure(tanhMlp.forward<'env'>, kernels, params, x)
      const layers = Object.values(params)
      let expected = x
      for (const [i, layer] of layers.entries()) {
        const activation = i === layers.length - 1 ? 'linear' : 'tanh'
        ;[expected] = dense.forward(kernels, layer, expected, activation)
      }
      expect(toArray(y)).toStrictEqual(toArray(expected))
      expect([y.dims, y.shape]).toStrictEqual([expected.dims, expected.shape])
      expect(caches).toHaveLength(layers.length)
    },
  )

  test.prop({ net: nets }, { numRuns: 50 })(
    'backward is the gradient of Σ c ∘ y in every parameter: central differences',
    ({ net: { params, x, c } }) => {
      const { flat } = pack(params)
      const loss = (v: Float64Array): number => {
        const [y] = tanhMlp.forward(kernels, withFlat(params, v).tree, x)
        return toArray(y).reduce((total, yi, i) => total + yi * toArray(c)[i]!, 0)
      }
      const [, caches] = tanhMlp.forward(kernels, params, x)
      const grads = expectPure(tanhMlp.backward, kernels, params, caches, c)
      expect(Object.keys(grads)).toStrictEqual(Object.keys(params))
      expectClose(toArray(pack(grads).flat), numericGrad(loss, toArray(flat)), 1e-6, 1e-9)
    },
  )

  test.prop({ net: nets })(
    'init has a layer between every two sizes',
    ({ net: { sizes, params } }) => {
      expect(Object.keys(params)).toStrictEqual(sizes.slice(1).map((_, i) => `layer${i}`))
      expect(Object.values(params).map(({ weight }) => weight.shape)).toStrictEqual(
        sizes.slice(1).map((n, i) => [sizes[i], n]),
      )
    },
  )

  test('hidden layers have the hidden gain, the last one the output gain', () => {
    const spec = { sizes: [3, 4, 4, 2], hiddenGain: Math.SQRT2, outputGain: 0.01 }
    const net = expectPure(tanhMlp.init, kernels, key(1), spec)
    // Orthonormal vectors times the gain: ‖W‖² is gain² times their number.
    const square = (name: string): number =>
      Array.from(data(net[name]!.weight) as Float64Array).reduce((s, w) => s + w * w, 0)
    expectClose(square('layer0'), 2 * 3, 1e-12, 0)
    expectClose(square('layer1'), 2 * 4, 1e-12, 0)
    expectClose(square('layer2'), 1e-4 * 2, 1e-12, 0)
  })

  test('no two layers of one size share weights', () => {
    const net = tanhMlp.init(kernels, key(1), { sizes: [3, 3, 3], hiddenGain: 1, outputGain: 1 })
    expect(toArray(net['layer0']!.weight)).not.toEqual(toArray(net['layer1']!.weight))
  })
})

/** Another set of numbers for the same network: a direction. */
const directionOf = (params: tanhMlp.TanhMlp, seed: number) => {
  const { flat, tree } = pack(params)
  const t = uniform(key(seed), ['param'], [flat.shape[0]], 'f64')
  return withFlat(
    tree,
    Float64Array.from(toArray(t), (u) => 2 * u - 1),
  )
}

const lasts = fc.constantFrom('tanh', 'linear')

describe('the derivatives of tanhMlp', () => {
  test.prop({ net: nets, seed: fc.maxSafeNat(), last: lasts }, { numRuns: 50 })(
    'jvp is the derivative of forward along a direction: central differences',
    ({ net: { params, x }, seed, last }) => {
      const tangent = directionOf(params, seed)
      const [y, caches] = tanhMlp.forward(kernels, params, x, last)
      const run = tanhMlp.jvp<'env'>
      const dy = expectPure(run, kernels, params, tangent.tree, caches, null, last)!
      const f = (flat: Float64Array): number[] =>
        toArray(tanhMlp.forward(kernels, withFlat(params, flat).tree, x, last)[0])
      expect([dy.dims, dy.shape]).toStrictEqual([y.dims, y.shape])
      expectClose(
        toArray(dy),
        numericAlong(f, toArray(pack(params).flat), toArray(tangent.flat)),
        1e-6,
        1e-9,
      )
    },
  )

  test.prop({ net: nets, seed: fc.maxSafeNat(), last: lasts })(
    'jvp and backward are adjoint: ⟨c, J t⟩ = ⟨Jᵀ c, t⟩, the input’s direction included',
    ({ net: { params, x, c }, seed, last }) => {
      const tangent = directionOf(params, seed)
      const [, caches] = tanhMlp.forward(kernels, params, x, last)
      const dx = of(
        ['env', 'feature'],
        x.shape,
        toArray(x).map((v) => 1 - v),
      )
      const back = expectPure(tanhMlp.backwardThrough, kernels, params, caches, c, last, true)
      const along = (input: typeof dx | null): number =>
        inner(toArray(c), toArray(tanhMlp.jvp(kernels, params, tangent.tree, caches, input, last)!))
      const byParams = inner(toArray(pack(back.grads).flat), toArray(tangent.flat))
      expectClose(along(null), byParams, 1e-10, 1e-12)
      expectClose(along(dx), byParams + inner(back.dx, toArray(dx)), 1e-10, 1e-12)
    },
  )

  test.prop({ net: nets }, { numRuns: 50 })(
    'with tanh last too, forward is tanh of the linear one, and backward its gradient',
    ({ net: { params, x, c } }) => {
      const [linear] = tanhMlp.forward(kernels, params, x)
      const [y, caches] = tanhMlp.forward(kernels, params, x, 'tanh')
      expectClose(toArray(y), toArray(linear).map(Math.tanh), 1e-14, 1e-300)
      const loss = (v: Float64Array): number =>
        inner(toArray(tanhMlp.forward(kernels, withFlat(params, v).tree, x, 'tanh')[0]), toArray(c))
      const grads = tanhMlp.backward(kernels, params, caches, c, 'tanh')
      const { flat } = pack(params)
      expectClose(toArray(pack(grads).flat), numericGrad(loss, toArray(flat)), 1e-6, 1e-9)
    },
  )

  test.prop({ net: nets })(
    'asking for the input’s gradient changes no other',
    ({ net: { params, x, c } }) => {
      const [, caches] = tanhMlp.forward(kernels, params, x)
      const { grads } = tanhMlp.backwardThrough(kernels, params, caches, c, 'linear', true)
      expect(toArray(pack(grads).flat)).toStrictEqual(
        toArray(pack(tanhMlp.backward(kernels, params, caches, c)).flat),
      )
    },
  )

  test('without layers the output is the input, and nothing moves by itself', () => {
    const params = tanhMlp.init(kernels, key(1), { sizes: [2], hiddenGain: 1, outputGain: 1 })
    expect(params).toStrictEqual({})
    const x = of(['env', 'feature'], [1, 2], [3, 4])
    const [y, caches] = tanhMlp.forward(kernels, params, x, 'tanh')
    expect([y, caches]).toStrictEqual([x, []])
    expect(tanhMlp.jvp(kernels, params, {}, caches)).toBeNull()
    expect(tanhMlp.jvp(kernels, params, {}, caches, x)).toBe(x)
    const back = tanhMlp.backwardThrough(kernels, params, caches, x, 'tanh', true)
    expect([back.grads, Array.from(back.dx as Float64Array)]).toStrictEqual([{}, [3, 4]])
  })

  test('a tangent without a layer is refused', () => {
    const spec = { sizes: [2, 3, 1], hiddenGain: 1, outputGain: 1 }
    const params = tanhMlp.init(kernels, key(1), spec)
    const [, caches] = tanhMlp.forward(kernels, params, of(['env', 'feature'], [1, 2], [3, 4]))
    const { layer0 } = params
    expect(() => tanhMlp.jvp(kernels, params, { layer0: layer0! }, caches)).toThrow(
      'tangent: expected layer0, layer1, got layer0',
    )
  })

  test('fanIn weights reach every layer, each with a key of its own', () => {
    const spec = { sizes: [3, 4, 2], hiddenGain: 1, outputGain: 1, weights: 'fanIn' } as const
    const keys = split(key(1), 2)
    expect(tanhMlp.init(kernels, key(1), spec)).toStrictEqual({
      layer0: fanIn(keys[0], 3, 4, 'f64'),
      layer1: fanIn(keys[1], 4, 2, 'f64'),
    })
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { dense, tanhMlp } from '../../src/nn/index.ts'
import { key } from '../../src/random/key.ts'
import { pack, withFlat } from '../../src/tensor/params.ts'
import { data, of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'

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

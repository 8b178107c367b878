import { describe, expect, test } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { dense, mlp, mlpSizes, sequential } from '../../src/nn/index.ts'
import { key, split } from '../../src/random/key.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { layerLaws } from '../law/layers.ts'
import { inner } from '../support/direction.ts'
import { expectClose } from '../support/centralDifference.ts'

layerLaws('sequential of one', { layer: sequential([dense(3, 2)]) })
layerLaws('sequential of three', {
  layer: sequential([
    dense(3, 4),
    dense(4, 3, { activation: 'silu' }),
    dense(3, 2, { activation: 'linear' }),
  ]),
})
layerLaws('sequential in sequential', {
  layer: sequential([sequential([dense(2, 3), dense(3, 2)]), dense(2, 2)]),
})

describe('sequential', () => {
  const layers = [dense(2, 3), dense(3, 1, { activation: 'linear' })] as const

  test('names its layers layer0, layer1 …, each with a child of the key', () => {
    const keys = split(key(1), 2)
    expect(sequential(layers).init(key(1), 'f64')).toStrictEqual({
      layer0: layers[0].init(keys[0], 'f64'),
      layer1: layers[1].init(keys[1], 'f64'),
    })
  })

  test('is one layer after the other, to the bit', () => {
    const net = sequential(layers)
    const params = net.init(key(1), 'f64')
    const x = of(['env', 'feature'], [2, 2], [1, -2, 0.5, 3])
    const [h] = layers[0].forward(js.f64, params['layer0']!, x)
    const [y] = layers[1].forward(js.f64, params['layer1']!, h)
    expect(toArray(net.forward(js.f64, params, x)[0])).toStrictEqual(toArray(y))
  })

  test('layers that do not fit together are refused, and none at all', () => {
    expect(() => sequential([dense(2, 3), dense(4, 1)])).toThrow(
      'layers[1].inputs: expected 3, the outputs of the layer before, got 4',
    )
    expect(() => sequential([])).toThrow('layers: expected at least one, got none')
  })

  test('a tree without a layer is refused by name', () => {
    const net = sequential(layers)
    const params = net.init(key(1), 'f64')
    const { layer0 } = params
    const x = of(['env', 'feature'], [1, 2], [1, 2])
    const [y, cache] = net.forward(js.f64, params, x)
    const message = 'expected a part layer1, got layer0'
    expect(() => net.forward(js.f64, { layer0: layer0! }, x)).toThrow(`params: ${message}`)
    expect(() => net.jvp(js.f64, params, { layer0: layer0! }, cache, null)).toThrow(
      `tangent: ${message}`,
    )
    const shards = [{ from: 0, to: 1, grads: { layer0: layer0! } }]
    expect(() => net.backward(js.f64, shards, params, cache, y, false)).toThrow(
      `shards.grads: ${message}`,
    )
  })
})

describe('mlp', () => {
  const gain = { hidden: Math.SQRT2, output: 0.01 }

  test('has a layer between every two sizes, with the hidden gain but for the last', () => {
    const net = mlp({ sizes: [3, 4, 4, 2], gain })
    const params = net.init(key(1), 'f64')
    expect(mlpSizes(params)).toStrictEqual([3, 4, 4, 2])
    expect(mlp({ sizes: [3, 4] }).init(key(1), 'f32')).toStrictEqual(
      mlp({ sizes: [3, 4], gain: { hidden: 5, output: 1 } }).init(key(1), 'f32'),
    )
    // Orthonormal vectors times the gain: ‖W‖² is gain² times their number.
    const square = (name: string): number =>
      inner(toArray(params[name]!.weight), toArray(params[name]!.weight))
    expectClose(square('layer0'), 2 * 3, 1e-12, 0)
    expectClose(square('layer1'), 2 * 4, 1e-12, 0)
    expectClose(square('layer2'), 1e-4 * 2, 1e-12, 0)
  })

  test('is sequential of dense layers, tanh but for the last', () => {
    const net = mlp({ sizes: [3, 4, 2], gain, weights: 'fanIn' })
    const plain = sequential([
      dense(3, 4, { gain: Math.SQRT2, weights: 'fanIn' }),
      dense(4, 2, { gain: 0.01, weights: 'fanIn', activation: 'linear' }),
    ])
    const params = net.init(key(1), 'f32')
    expect(params).toStrictEqual(plain.init(key(1), 'f32'))
    const x = of(['env', 'feature'], [1, 3], Float32Array.of(1, -2, 3))
    expect(net.forward(js.f32, params, x)).toStrictEqual(plain.forward(js.f32, params, x))
  })

  test('with tanh last, forward is tanh of the linear one', () => {
    const params = mlp({ sizes: [3, 4, 2], gain }).init(key(1), 'f64')
    const x = of(['env', 'feature'], [1, 3], [1, -2, 3])
    const y = (last: 'tanh' | 'linear') =>
      toArray(mlp({ sizes: [3, 4, 2], gain, last }).forward(js.f64, params, x)[0])
    expectClose(y('tanh'), y('linear').map(Math.tanh), 1e-14, 1e-300)
  })

  test('without layers the output is the input, and nothing moves by itself', () => {
    const net = mlp({ sizes: [2], gain })
    expect([net.init(key(1), 'f64'), net.paramCount, net.outputs]).toStrictEqual([{}, 0, 2])
    const x = of(['env', 'feature'], [1, 2], [3, 4])
    const [y, cache] = net.forward(js.f64, {}, x)
    expect(y).toBe(x)
    expect(net.jvp(js.f64, {}, {}, cache, null)).toBeNull()
    expect(net.jvp(js.f64, {}, {}, cache, x)).toBe(x)
    expect(net.backward(js.f64, [], {}, cache, x, true)).toBe(x)
    expect(net.backward(js.f64, [], {}, cache, x, false)).toBeNull()
    expect(mlpSizes({})).toStrictEqual([])
    expect(() => mlp({ sizes: [], gain })).toThrow('sizes: expected at least the input, got none')
  })
})

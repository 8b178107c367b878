import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { dense, mlp, torchLinear, type Activation, type Dense } from '../../src/nn/index.ts'
import { key, type Key } from '../../src/random/key.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { layerLaws } from '../law/layers.ts'
import { expectPure } from '../law/purity.ts'
import { elements } from '../support/arbitrary.ts'
import { expectClose } from '../support/centralDifference.ts'

const activations = ['tanh', 'relu', 'elu', 'silu', 'linear'] as const
const hasKink = (activation: Activation): boolean => activation === 'relu' || activation === 'elu'

for (const activation of activations)
  layerLaws(`dense of ${activation}`, {
    layer: dense(3, 2, { activation }),
    ...(hasKink(activation) && {
      kinks: (params, x) =>
        toArray(dense(3, 2, { activation: 'linear' }).forward(js.f64, params as Dense, x)[0]),
    }),
  })

layerLaws('dense of more than a vector', { layer: dense(9, 6) })

const f: { readonly [A in Activation]: (z: number) => number } = {
  tanh: Math.tanh,
  relu: (z) => Math.max(z, 0),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  silu: (z) => z / (1 + Math.exp(-z)),
  linear: (z) => z,
}

const side = fc.integer({ min: 1, max: 4 })
const drawn = fc.tuple(fc.nat(4), side, side).chain(([m, k, n]) =>
  fc.record({
    x: elements('f64', m * k, 2).map((v) => of(['env', 'feature'], [m, k], v)),
    weight: elements('f64', k * n, 2).map((v) => of(['in', 'out'], [k, n], v)),
    bias: elements('f64', n, 2).map((v) => of(['out'], [n], v)),
  }),
)

describe('dense', () => {
  test.prop({ l: drawn, activation: fc.constantFrom(...activations) })(
    'forward is f(x W + b)',
    ({ l: { x, weight, bias }, activation }) => {
      const [inputs, outputs] = weight.shape
      const layer = dense(inputs, outputs, { activation })
      const [y] = layer.forward(js.f64, { weight, bias }, x)
      const [xs, ws] = [toArray(x), toArray(weight)]
      const expected = Array.from({ length: x.shape[0] }, (_, i) =>
        toArray(bias).map((b, j) => {
          let z = b
          for (let q = 0; q < inputs; q++) z += xs[i * inputs + q]! * ws[q * outputs + j]!
          return f[activation](z)
        }),
      )
      expectClose(toArray(y), expected.flat(), 1e-12, 1e-12)
    },
  )

  test('is tanh of gain 1 with orthogonal weights unless said otherwise', () => {
    const x = of(['env', 'feature'], [1, 2], [0.3, -0.7])
    const params = dense(2, 2).init(key(1), 'f64')
    const explicit = dense(2, 2, { activation: 'tanh', gain: 1, weights: 'orthogonal' })
    expect(explicit.init(key(1), 'f64')).toStrictEqual(params)
    expect(dense(2, 2).forward(js.f64, params, x)).toStrictEqual(
      explicit.forward(js.f64, params, x),
    )
  })

  test.each(['f32', 'f64'] as const)('init: weights [in, out], zero biases, in %s', (dtype) => {
    const { weight, bias } = expectPure((k: Key) => dense(5, 3).init(k, dtype), key(3))
    expect([weight.dims, weight.shape, weight.dtype]).toStrictEqual([['in', 'out'], [5, 3], dtype])
    expect([bias.dims, bias.dtype]).toStrictEqual([['out'], dtype])
    expect(toArray(bias)).toStrictEqual([0, 0, 0])
  })

  test.each(['f32', 'f64'] as const)(
    'fanIn weights are torchLinear, whatever the gain',
    (dtype) => {
      expect(dense(5, 2, { weights: 'fanIn', gain: 100 }).init(key(3), dtype)).toStrictEqual(
        torchLinear(key(3), 5, 2, dtype),
      )
    },
  )

  test('a tangent of another shape is refused by name', () => {
    const layer = dense(3, 2)
    const params = layer.init(key(0), 'f64')
    const x = of(['env', 'feature'], [1, 3], [1, 2, 3])
    const [, cache] = layer.forward(js.f64, params, x)
    const run = (tangent: Dense) => () => layer.jvp(js.f64, params, tangent, cache, null)
    const wide = dense(3, 4).init(key(0), 'f64')
    expect(run(wide)).toThrow('tangent.weight: expected [in=3, out=2], got [in=3, out=4]')
    expect(run({ ...params, bias: wide.bias })).toThrow(
      'tangent.bias: expected [out=2], got [out=4]',
    )
    expect(() => layer.forward(js.f64, wide, x)).toThrow(
      'params.weight: expected [in=3, out=2], got [in=3, out=4]',
    )
  })
})

/** y and dy/dz of f at z, through a layer of weight 1. */
const at = (activation: Activation, z: number, machine = js.f64): readonly [number, number] => {
  const layer = dense(1, 1, { activation })
  const one = (v: number) => (machine.dtype === 'f32' ? Float32Array.of(v) : Float64Array.of(v))
  const params = { weight: of(['in', 'out'], [1, 1], one(1)), bias: of(['out'], [1], one(0)) }
  const grads = { weight: of(['in', 'out'], [1, 1], one(NaN)), bias: of(['out'], [1], one(NaN)) }
  const [y, cache] = layer.forward(machine, params, of(['env', 'feature'], [1, 1], one(z)))
  const shards = [{ from: 0, to: 1, grads }]
  const dy = of(['env', 'feature'], [1, 1], one(1))
  layer.backward(machine, shards, params, cache, dy, false)
  return [toArray(y)[0]!, toArray(grads.bias)[0]!]
}

describe('activations', () => {
  test('relu has the derivative 0 at its kink, and at −0', () => {
    expect(at('relu', 0)).toStrictEqual([0, 0])
    expect(at('relu', -0)).toStrictEqual([0, 0])
    expect(at('relu', Number.MIN_VALUE)).toStrictEqual([Number.MIN_VALUE, 1])
  })

  test('elu has the derivative 1 at 0, which it approaches from both sides', () => {
    expect(at('elu', 0)).toStrictEqual([0, 1])
    expectClose(at('elu', -1e-9), [-1e-9, 1], 1e-8, 0)
    expectClose(at('elu', 1e-9), [1e-9, 1], 1e-8, 0)
  })

  test('elu keeps its digits near 0 and far below it', () => {
    for (const z of [-1e-12, -1e-3, -1, -10, -40, -800])
      expectClose(at('elu', z), [Math.expm1(z), Math.exp(z)], 1e-14, 1e-320)
  })

  test('silu is 0 with the derivative 1/2 at 0, and meets its limits far out', () => {
    expect(at('silu', 0)).toStrictEqual([0, 0.5])
    expect(at('silu', 800)).toStrictEqual([800, 1])
    expectClose(at('silu', -800), [0, 0], 0, 1e-300)
  })

  test.each(activations)('NaN goes through %s as NaN', (activation) => {
    for (const machine of [js.f32, js.f64]) expect(at(activation, NaN, machine)[0]).toBeNaN()
  })

  test('are computed in f64 and rounded once', () => {
    for (const activation of ['relu', 'elu', 'silu'] as const)
      for (const z of [-2.5, -0.25, 0.125, 3])
        expect(at(activation, z, js.f32)).toStrictEqual(at(activation, z).map(Math.fround))
  })

  test('an mlp takes them for its hidden layers', () => {
    const spec = { sizes: [2, 3, 1], gain: { hidden: 1, output: 1 } }
    const params = mlp(spec).init(key(1), 'f64')
    const x = of(['env', 'feature'], [1, 2], [0.5, -2])
    const y = (activation: Activation) =>
      toArray(mlp({ ...spec, activation }).forward(js.f64, params, x)[0])
    expect(y('relu')).not.toEqual(y('tanh'))
    expect(toArray(mlp(spec).forward(js.f64, params, x)[0])).toStrictEqual(y('tanh'))
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { dense } from '../../src/nn/index.ts'
import { key } from '../../src/random/key.ts'
import { of, toArray, type Tensor } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { numericAlong } from '../support/direction.ts'

const kernels = js.f64
const activations = fc.constantFrom('tanh', 'linear')
const side = fc.integer({ min: 1, max: 4 })

const layer = fc.tuple(fc.nat(4), side, side).chain(([m, k, n]) =>
  fc.record({
    x: elements('f64', m * k, 1).map((v) => of(['env', 'feature'], [m, k], v)),
    weight: elements('f64', k * n, 1).map((v) => of(['in', 'out'], [k, n], v)),
    bias: elements('f64', n, 1).map((v) => of(['out'], [n], v)),
    // what the loss makes of the output: Σ c ∘ y
    c: elements('f64', m * n, 1).map((v) => of(['env', 'feature'], [m, n], v)),
  }),
)

const naive = (
  x: Tensor<['env', 'feature']>,
  w: Tensor<['in', 'out']>,
  b: Tensor<['out']>,
  f: (z: number) => number,
): number[] =>
  Array.from({ length: x.shape[0] * w.shape[1] }, (_, at) => {
    const [, inputs] = x.shape
    const [, outputs] = w.shape
    const [i, j] = [Math.floor(at / outputs), at % outputs]
    let z = toArray(b)[j]!
    for (let q = 0; q < inputs; q++) z += toArray(x)[i * inputs + q]! * toArray(w)[q * outputs + j]!
    return f(z)
  })

describe('dense', () => {
  test.prop({ l: layer, activation: activations })(
    'forward is f(x W + b)',
    ({ l: { x, weight, bias }, activation }) => {
      const [y] = expectPure(dense.forward<'env'>, kernels, { weight, bias }, x, activation)
      expect([y.dims, y.shape, y.dtype]).toStrictEqual([
        ['env', 'feature'],
        [x.shape[0], bias.shape[0]],
        'f64',
      ])
      const f = activation === 'tanh' ? Math.tanh : (z: number) => z
      expectClose(toArray(y), naive(x, weight, bias, f), 1e-12, 1e-12)
    },
  )

  test.prop({ l: layer, activation: activations })(
    'backward is the gradient of Σ c ∘ y in weight, bias and input: central differences',
    ({ l: { x, weight, bias, c }, activation }) => {
      const loss = (input: typeof x, w: typeof weight, b: typeof bias): number => {
        const [y] = dense.forward(kernels, { weight: w, bias: b }, input, activation)
        return toArray(y).reduce((total, v, i) => total + v * toArray(c)[i]!, 0)
      }
      const params = { weight, bias }
      const [, cache] = dense.forward(kernels, params, x, activation)
      const back = expectPure(dense.backward, kernels, params, cache, toArray(c), activation, true)
      expect(back.grads.weight.dims).toStrictEqual(['in', 'out'])
      expect(back.grads.bias.dims).toStrictEqual(['out'])
      expectClose(
        toArray(back.grads.weight),
        numericGrad((v) => loss(x, of(['in', 'out'], weight.shape, v), bias), toArray(weight)),
        1e-6,
        1e-9,
      )
      expectClose(
        toArray(back.grads.bias),
        numericGrad((v) => loss(x, weight, of(['out'], bias.shape, v)), toArray(bias)),
        1e-6,
        1e-9,
      )
      expectClose(
        back.dx!,
        numericGrad((v) => loss(of(['env', 'feature'], x.shape, v), weight, bias), toArray(x)),
        1e-6,
        1e-9,
      )
    },
  )

  test.prop({ l: layer, activation: activations })(
    'the input’s gradient is left out where nobody wants it, and the others stay',
    ({ l: { x, weight, bias, c }, activation }) => {
      const params = { weight, bias }
      const [, cache] = dense.forward(kernels, params, x, activation)
      const run = (wants: boolean) =>
        dense.backward(kernels, params, cache, toArray(c), activation, wants)
      expect(run(false).dx).toBeNull()
      expect(toArray(run(false).grads.weight)).toStrictEqual(toArray(run(true).grads.weight))
      expect(toArray(run(false).grads.bias)).toStrictEqual(toArray(run(true).grads.bias))
    },
  )

  test.each([js.f32, js.f64])('init: weights [in, out], zero biases, the kernels’ type', (k) => {
    const { weight, bias } = expectPure(dense.init, k, key(3), 5, 3, 1)
    expect([weight.dims, weight.shape, weight.dtype]).toStrictEqual([
      ['in', 'out'],
      [5, 3],
      k.dtype,
    ])
    expect([bias.dims, bias.dtype]).toStrictEqual([['out'], k.dtype])
    expect(toArray(bias)).toStrictEqual([0, 0, 0])
  })

  test('an input of another width is refused by name', () => {
    const params = dense.init(kernels, key(0), 3, 2, 1)
    const x = of(['env', 'feature'], [4, 2], new Float64Array(8))
    expect(() => dense.forward(kernels, params, x, 'tanh')).toThrow(
      'x: expected [env=4, feature=3], got [env=4, feature=2]',
    )
  })

  test.prop({ l: layer, activation: activations })(
    'jvp is the derivative along dW, db and dx: central differences',
    ({ l: { x, weight, bias }, activation }) => {
      const sizes = [x, weight, bias].map((v) => toArray(v).length)
      const at = [x, weight, bias].flatMap(toArray)
      const along = at.map((_, i) => ((i * 7) % 5) / 5 - 0.4)
      const cut = (all: ArrayLike<number>) => {
        const list = Array.from(all)
        const [a = 0, b = 0] = sizes
        return {
          x: of(['env', 'feature'], x.shape, list.slice(0, a)),
          weight: of(['in', 'out'], weight.shape, list.slice(a, a + b)),
          bias: of(['out'], bias.shape, list.slice(a + b)),
        }
      }
      const f = (all: Float64Array): number[] => {
        const { x: input, ...params } = cut(all)
        return toArray(dense.forward(kernels, params, input, activation)[0])
      }
      const { x: dx, ...tangent } = cut(along)
      const params = { weight, bias }
      const [y, cache] = dense.forward(kernels, params, x, activation)
      const run = dense.jvp<'env'>
      const dy = expectPure(run, kernels, params, tangent, cache, dx, activation)
      expect([dy.dims, dy.shape, dy.dtype]).toStrictEqual([y.dims, y.shape, 'f64'])
      expectClose(toArray(dy), numericAlong(f, at, along), 1e-6, 1e-9)

      const still = along.map((v, i) => (i < sizes[0]! ? 0 : v))
      const alone = dense.jvp(kernels, params, tangent, cache, null, activation)
      expectClose(toArray(alone), numericAlong(f, at, still), 1e-6, 1e-9)
    },
  )

  test('a tangent of another shape is refused by name', () => {
    const params = dense.init(kernels, key(0), 3, 2, 1)
    const x = of(['env', 'feature'], [1, 3], [1, 2, 3])
    const [, cache] = dense.forward(kernels, params, x, 'tanh')
    const run = (tangent: dense.Dense) => dense.jvp(kernels, params, tangent, cache, null, 'tanh')
    const wide = dense.init(kernels, key(0), 3, 4, 1)
    expect(() => run(wide)).toThrow('tangent.weight: expected [in=3, out=2], got [in=3, out=4]')
    expect(() => run({ ...params, bias: wide.bias })).toThrow(
      'tangent.bias: expected [out=2], got [out=4]',
    )
  })
})

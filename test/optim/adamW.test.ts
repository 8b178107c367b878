import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { adam, adamW, chain, constant, cosine, sgd } from '../../src/optim/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

const flat = (x: readonly number[]) => of(['param'], [x.length], Float64Array.from(x))

const config = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

const number = fc.double({ min: -5, max: 5, noNaN: true })

describe('adamW', () => {
  test.prop({
    params: fc.array(number, { minLength: 1, maxLength: 4 }),
    seed: fc.array(number, { minLength: 1, maxLength: 5 }),
    weightDecay: fc.double({ min: 0, max: 1, noNaN: true }),
  })("is Adam's step − lr · λ · θ, with the rate of that step", ({ params, seed, weightDecay }) => {
    const learningRate = cosine(0.1, 4)
    const plain = adam(js.f64, { ...config, learningRate })
    const decayed = adamW(js.f64, { ...config, learningRate, weightDecay })
    let a = plain.init(flat(params))
    let b = decayed.init(flat(params))
    seed.forEach((g, count) => {
      const grad = flat(params.map((_, i) => g + i))
      const [ofAdam, nextA] = plain.update(grad, a)
      const [step, nextB] = expectPure(() => decayed.update(grad, b, flat(params)))
      expectClose(
        toArray(step),
        toArray(ofAdam).map((s, i) => s - learningRate(count) * weightDecay * params[i]!),
        1e-12,
        1e-15,
      )
      a = nextA
      b = nextB
      expect(b.count).toBe(a.count)
    })
  })

  test('gets the parameters through a chain', () => {
    const [theta, grad] = [flat([2, -3]), flat([0, 0])]
    const both = chain(
      sgd({ learningRate: constant(1) }),
      adamW(js.f64, { ...config, learningRate: constant(0.5), weightDecay: 0.1 }),
    )
    const [step] = both.update(grad, both.init(theta), theta)
    expectClose(toArray(step), [-0.1, 0.15], 1e-12, 0)
  })

  test('needs the parameters, and a decay that is not negative', () => {
    const transform = adamW(js.f64, { ...config, learningRate: constant(1), weightDecay: 0.1 })
    expect(() => transform.update(flat([1]), transform.init(flat([1])))).toThrow(
      'params: expected the parameters, because they decay, got none: pass them',
    )
    expect(() =>
      adamW(js.f64, { ...config, learningRate: constant(1), weightDecay: -0.1 }),
    ).toThrow('weightDecay: expected a number >= 0, got -0.1')
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { key, normal } from '../../src/random/index.ts'
import { of, sum, toArray, type Tensor } from '../../src/tensor/index.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { backwardOf, distGrad } from '../support/policyGrads.ts'
import { begin, small } from '../support/runs.ts'
import { dice } from '../support/worlds.ts'

const { policy, params } = begin(dice, 1)
const N = 4
const distAt = (x: ArrayLike<number>) =>
  policy.distribution.at(of(['sample', 'param'], [N, 3], Float64Array.from(x)))
const action = of(['sample'], [N], Int32Array.of(0, 1, 2, 1))
const observation = (seed: number, rows = N, dtype: 'f32' | 'f64' = 'f64') =>
  normal(key(seed), ['sample', 'feature'], [rows, 2], dtype)

describe('a policy over three choices', () => {
  test.prop([fc.nat(), fc.double({ min: -2, max: 2, noNaN: true })])(
    'logProbGrad and entropyGrad together are the gradient of Σ wᵢ log π(aᵢ) + c Σ Hᵢ in the logits',
    (seed, c) => {
      const logits = normal(key(seed), ['sample', 'param'], [N, 3], 'f64')
      const weights = normal(key(seed + 1), ['sample'], [N], 'f64')
      const w = toArray(weights)
      const objective = (x: Float64Array): number =>
        toArray(distAt(x).logProb(action)).reduce((s, l, i) => s + w[i]! * l, 0) +
        c * sum(distAt(x).entropy())
      const grad = distGrad(policy.distribution.at(logits), action, weights, c)
      expectClose(toArray(grad), numericGrad(objective, toArray(logits)), 1e-6, 1e-9)
    },
  )

  test('backward is the gradient of Σ uᵢⱼ paramᵢⱼ + Σ wᵢ Vᵢ in every parameter', () => {
    const seen = observation(2)
    const dParam = normal(key(3), ['sample', 'param'], [N, 3], 'f64')
    const dValue = normal(key(4), ['sample'], [N], 'f64')
    const dot = (a: Tensor, b: Tensor): number => {
      const y = toArray(b)
      return toArray(a).reduce((s, x, i) => s + x * y[i]!, 0)
    }
    const objective = (x: Float64Array): number => {
      const [out] = policy.forward(withFlat(params.tree, x), seen)
      return dot(out.dist.param, dParam) + dot(out.value, dValue)
    }
    const [, cache] = policy.forward(params, seen)
    const grads = backwardOf(policy, params, cache, { dParam, dValue })
    expectClose(toArray(grads.flat), numericGrad(objective, toArray(params.flat)), 1e-6, 1e-8)
  })

  test.each(['f32', 'f64'] as const)('a row of %s does not depend on the others', (dtype) => {
    const { policy: rowwise, params: theta } = begin(dice, 5, small, js[dtype])
    const seen = observation(6, 7, dtype)
    const [all] = rowwise.forward(theta, seen)
    for (let i = 0; i < 7; i++) {
      const row = toArray(seen).slice(2 * i, 2 * i + 2)
      const typed = dtype === 'f32' ? Float32Array.from(row) : Float64Array.from(row)
      const [one] = rowwise.forward(theta, of(['sample', 'feature'], [1, 2], typed))
      expect(toArray(one.dist.param)).toEqual(toArray(all.dist.param).slice(3 * i, 3 * i + 3))
      expect(toArray(one.value)).toEqual(toArray(all.value).slice(i, i + 1))
    }
  })

  test('value alone is the value of forward, and of no rows it is nothing', () => {
    const seen = observation(7)
    expectSameBits(policy.value(params, seen), policy.forward(params, seen)[0].value)
    expect(toArray(policy.value(params, of(['asked', 'feature'], [0, 2], [])))).toEqual([])
  })

  test('leaves its inputs as they are', () => {
    expectPure(policy.init, key(0))
    const [out, cache] = expectPure(policy.forward<'sample'>, params, observation(1))
    expectPure(distGrad, out.dist, action, out.value, 0.1)
    const outputs = { dParam: out.dist.param, dValue: out.value }
    expectPure(backwardOf, policy, params, cache, outputs)
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { actorCritic, type ActorCriticSpec } from '../../src/nn/index.ts'
import { key } from '../../src/random/key.ts'
import { scale } from '../../src/tensor/elementwise.ts'
import { leaves, withFlat } from '../../src/tensor/params.ts'
import { of, pick, toArray, type Tensor } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'

const spec: ActorCriticSpec = {
  observations: 3,
  distParams: 2,
  hidden: [5, 4],
  gain: { hidden: Math.SQRT2, policy: 0.5, value: 1 },
}

const batches = (type: 'f32' | 'f64', max: number) =>
  fc
    .integer({ min: 1, max })
    .chain((rows) =>
      elements(type, 3 * rows, 2).map((x) => of(['env', 'feature'], [rows, 3], typed(type, x))),
    )

const seeds = fc.maxSafeNat()

describe('actorCritic', () => {
  test.prop({ seed: seeds, x: batches('f64', 3), c: elements('f64', 9, 1) }, { numRuns: 30 })(
    'backward is the gradient of Σ c ∘ (dist, V) in every parameter: central differences',
    ({ seed, x, c }) => {
      const params = actorCritic.init(js.f64, key(seed), spec)
      const rows = x.shape[0]
      const dDist = of(['env', 'param'], [rows, 2], c.slice(0, 2 * rows))
      const dValue = of(['env'], [rows], c.slice(6, 6 + rows))
      const dot = (a: Tensor, b: Tensor): number =>
        toArray(a).reduce((total, v, i) => total + v * toArray(b)[i]!, 0)
      const loss = (flat: Float64Array): number => {
        const [out] = actorCritic.forward(js.f64, withFlat(params.tree, flat), x)
        return dot(out.dist, dDist) + dot(out.value, dValue)
      }
      const [, cache] = actorCritic.forward(js.f64, params, x)
      const grads = expectPure(actorCritic.backward<'env'>, js.f64, cache, { dDist, dValue })
      expect(leaves(grads.tree).map(([path, t]) => [path, t.dims, t.shape])).toStrictEqual(
        leaves(params.tree).map(([path, t]) => [path, t.dims, t.shape]),
      )
      expectClose(toArray(grads.flat), numericGrad(loss, toArray(params.flat)), 1e-6, 1e-9)
    },
  )

  test.prop({ seed: seeds, x: batches('f32', 9) })(
    'row i of a batch gives the bits of row i alone',
    ({ seed, x }) => {
      const params = actorCritic.init(js.f32, key(seed), spec)
      const [{ dist, value }] = actorCritic.forward(js.f32, params, x)
      for (let i = 0; i < x.shape[0]; i++) {
        const row = of(['env', 'feature'], [1, 3], typed('f32', toArray(pick(x, i))))
        const [alone] = actorCritic.forward(js.f32, params, row)
        expect(toArray(alone.dist)).toStrictEqual(toArray(pick(dist, i)))
        expect(toArray(alone.value)).toStrictEqual(toArray(pick(value, i)))
      }
    },
  )

  test.prop({ seed: seeds, x: batches('f32', 5) })(
    'gives dist [B, param] and value [B]; value alone has the same bits',
    ({ seed, x }) => {
      const params = actorCritic.init(js.f32, key(seed), spec)
      const [{ dist, value }] = expectPure(actorCritic.forward<'env'>, js.f32, params, x)
      const rows = x.shape[0]
      expect([dist.dims, dist.shape]).toStrictEqual([
        ['env', 'param'],
        [rows, 2],
      ])
      expect([value.dims, value.shape]).toStrictEqual([['env'], [rows]])
      const alone = expectPure(actorCritic.value<'env'>, js.f32, params, x)
      expect([alone.dims, toArray(alone)]).toStrictEqual([['env'], toArray(value)])
    },
  )

  test('the policy’s gradient is 0 in the critic and V’s in the actor: nothing is shared', () => {
    const params = actorCritic.init(js.f64, key(1), spec)
    const x = of(['env', 'feature'], [2, 3], [1, 2, 3, 4, 5, 6])
    const [, cache] = actorCritic.forward(js.f64, params, x)
    const dist = of(['env', 'param'], [2, 2], [1, -2, 3, 1])
    const value = of(['env'], [2], [1, -3])
    const norms = (dDist: typeof dist, dValue: typeof value) => {
      const { tree } = actorCritic.backward(js.f64, cache, { dDist, dValue })
      const [actor, critic] = [leaves(tree.actor), leaves(tree.critic)].map((all) =>
        all.flatMap(([, t]) => toArray(t)).reduce((s, g) => s + g * g, 0),
      )
      return [actor! > 0, critic! > 0]
    }
    expect(norms(dist, scale(value, 0))).toStrictEqual([true, false])
    expect(norms(scale(dist, 0), value)).toStrictEqual([false, true])
  })

  test.each([js.f32, js.f64])('init: both networks, all biases 0, the kernels’ type', (kernels) => {
    const { flat, tree } = expectPure(actorCritic.init, kernels, key(1), spec)
    const all = leaves(tree)
    expect(all.map(([path, t]) => [path, t.shape])).toStrictEqual([
      ['actor.layer0.weight', [3, 5]],
      ['actor.layer0.bias', [5]],
      ['actor.layer1.weight', [5, 4]],
      ['actor.layer1.bias', [4]],
      ['actor.layer2.weight', [4, 2]],
      ['actor.layer2.bias', [2]],
      ['critic.layer0.weight', [3, 5]],
      ['critic.layer0.bias', [5]],
      ['critic.layer1.weight', [5, 4]],
      ['critic.layer1.bias', [4]],
      ['critic.layer2.weight', [4, 1]],
      ['critic.layer2.bias', [1]],
    ])
    expect(flat.dtype).toBe(kernels.dtype)
    for (const [path, t] of all)
      if (path.endsWith('bias')) expect(toArray(t).every((b) => b === 0)).toBe(true)
  })

  test('actor and critic start from different weights, and from different seeds others', () => {
    const a = actorCritic.init(js.f32, key(1), spec)
    const b = actorCritic.init(js.f32, key(2), spec)
    const first = (net: typeof a.tree.actor): number[] => toArray(net['layer0']!.weight)
    expect(first(a.tree.actor)).not.toEqual(first(a.tree.critic))
    expect(first(a.tree.actor)).not.toEqual(first(b.tree.actor))
  })
})

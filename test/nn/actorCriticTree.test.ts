import { describe, expect, test } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { actorCritic, mlp, torchLinear, type ActorCriticSpec } from '../../src/nn/index.ts'
import { key, split } from '../../src/random/key.ts'
import { leaves, pack, partRanges } from '../../src/tensor/params.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { expectClose } from '../support/centralDifference.ts'
import { inner } from '../support/direction.ts'

const plain: ActorCriticSpec = {
  observations: 3,
  distParams: 4,
  hidden: [5, 4],
  gain: { hidden: Math.SQRT2, policy: 0.5, value: 1 },
}
const logStd = { columns: [3, 1], init: [-0.5, 0.25] }
const x = of(['env', 'feature'], [2, 3], Float32Array.of(0.1, -0.2, 0.3, 1, 2, -3))

const initOf = (spec: ActorCriticSpec, dtype: 'f32' | 'f64' = 'f32', seed = 1) =>
  actorCritic(spec).init(key(seed), dtype)
const paths = (spec: ActorCriticSpec) =>
  leaves(initOf(spec).tree).map(([path, t]) => [path, ...t.shape])

describe('the parameters of an actor-critic', () => {
  test('are two mlps with the two children of the key, to the bit, and so are its outputs', () => {
    const { hidden, policy, value } = plain.gain
    const [actorKey, criticKey] = split(key(7), 2)
    const actor = mlp({ sizes: [3, 5, 4, 4], gain: { hidden, output: policy } })
    const critic = mlp({ sizes: [3, 5, 4, 1], gain: { hidden, output: value } })
    const parts = { actor: actor.init(actorKey, 'f32'), critic: critic.init(criticKey, 'f32') }
    const { flat, tree } = initOf(plain, 'f32', 7)
    expect(Object.keys(tree)).toStrictEqual(['actor', 'critic'])
    expect(toArray(flat)).toStrictEqual(toArray(pack(parts).flat))
    const [output] = actorCritic(plain).forward(js.f32, tree, x)
    expect(toArray(output.param)).toStrictEqual(toArray(actor.forward(js.f32, parts.actor, x)[0]))
    expect(toArray(output.value)).toStrictEqual(toArray(critic.forward(js.f32, parts.critic, x)[0]))
  })

  test('have orthogonal weights and zero biases, from different keys', () => {
    const { tree } = initOf(plain)
    for (const [path, t] of leaves(tree))
      if (path.endsWith('bias')) expect(toArray(t).every((b) => b === 0)).toBe(true)
    const first = (part: 'actor' | 'critic') => toArray(tree[part]['layer0']!.weight)
    expect(first('actor')).not.toEqual(first('critic'))
  })

  test('a shared trunk lies first, each head is one layer on its last', () => {
    const spec = { ...plain, trunk: 'shared', logStd } as const
    expect(paths(spec)).toStrictEqual([
      ['trunk.layer0.weight', 3, 5],
      ['trunk.layer0.bias', 5],
      ['trunk.layer1.weight', 5, 4],
      ['trunk.layer1.bias', 4],
      ['actor.layer0.weight', 4, 2],
      ['actor.layer0.bias', 2],
      ['logStd', 2],
      ['critic.layer0.weight', 4, 1],
      ['critic.layer0.bias', 1],
    ])
    expect(partRanges(initOf(spec).tree)).toStrictEqual({
      trunk: [0, 44],
      actor: [44, 54],
      logStd: [54, 56],
      critic: [56, 61],
    })
    const { paramCount, valueParams } = actorCritic(spec)
    expect([paramCount, valueParams]).toStrictEqual([61, 5])
  })

  test('gains: hidden in the whole trunk, policy and value in the heads', () => {
    const gain = { hidden: 3, policy: 0.5, value: 2 }
    const { tree } = initOf({ ...plain, trunk: 'shared', gain }, 'f64')
    // Orthonormal vectors times the gain: ‖W‖² is gain² times their number.
    const square = (path: string): number => {
      const [, t] = leaves(tree).find(([name]) => name === path)!
      return inner(toArray(t), toArray(t))
    }
    expectClose(square('trunk.layer0.weight'), 9 * 3, 1e-12, 0)
    expectClose(square('trunk.layer1.weight'), 9 * 4, 1e-12, 0)
    expectClose(square('actor.layer0.weight'), 0.25 * 4, 1e-12, 0)
    expectClose(square('critic.layer0.weight'), 4, 1e-12, 0)
  })

  test('a shared trunk without layers: both heads on the observation', () => {
    expect(paths({ ...plain, hidden: [], trunk: 'shared' })).toStrictEqual([
      ['actor.layer0.weight', 3, 4],
      ['actor.layer0.bias', 4],
      ['critic.layer0.weight', 3, 1],
      ['critic.layer0.bias', 1],
    ])
  })

  test('trunk and heads start from three children of the key', () => {
    const [trunkKey, actorKey, criticKey] = split(key(5), 3)
    const spec = { ...plain, hidden: [3], trunk: 'shared', weights: 'fanIn' } as const
    const first = (of: typeof trunkKey, outputs: number) =>
      toArray(pack(torchLinear(split(of, 1)[0], 3, outputs)).flat)
    expect(toArray(initOf(spec, 'f32', 5).flat)).toStrictEqual([
      ...first(trunkKey, 3),
      ...first(actorKey, 4),
      ...first(criticKey, 1),
    ])
  })

  test('V’s own sizes, and before them a leaf of log σ that starts as told', () => {
    const spec = { ...plain, hidden: [2], valueHidden: [6], logStd } as const
    expect(paths(spec)).toStrictEqual([
      ['actor.layer0.weight', 3, 2],
      ['actor.layer0.bias', 2],
      ['actor.layer1.weight', 2, 2],
      ['actor.layer1.bias', 2],
      ['logStd', 2],
      ['critic.layer0.weight', 3, 6],
      ['critic.layer0.bias', 6],
      ['critic.layer1.weight', 6, 1],
      ['critic.layer1.bias', 1],
    ])
    const { tree } = initOf(spec)
    expect(toArray(tree.logStd!)).toStrictEqual([-0.5, 0.25])
    const [{ param }] = actorCritic(spec).forward(js.f32, tree, x)
    for (const row of [0, 1]) {
      expect(toArray(param)[4 * row + 3]).toBe(-0.5)
      expect(toArray(param)[4 * row + 1]).toBe(0.25)
    }
  })

  test('outputBias moves the last biases of the policy, and nothing else', () => {
    for (const weights of ['orthogonal', 'fanIn'] as const) {
      const spec = { ...plain, weights }
      const outputBias = { columns: [1, 3], value: -0.7 }
      const [without, moved] = [initOf(spec), initOf({ ...spec, outputBias })]
      const end = partRanges(without.tree).actor[1]
      const expected = Float32Array.from(toArray(without.flat))
      for (const column of [1, 3]) expected[end - 4 + column]! += -0.7
      expect(toArray(moved.flat)).toStrictEqual(Array.from(expected))
    }
  })

  test('what cannot be is refused', () => {
    const make = (spec: Partial<ActorCriticSpec>) => () => actorCritic({ ...plain, ...spec })
    expect(make({ trunk: 'shared', valueHidden: [4, 4] })).toThrow(RangeError)
    expect(make({ trunk: 'shared', valueHidden: [4, 4] })).toThrow(
      'valueHidden: expected none on a shared trunk, got [4, 4]: leave it out',
    )
    expect(make({ logStd: { columns: [4], init: 0 } })).toThrow('columns[0]: expected a column')
    expect(make({ outputBias: { columns: [4], value: 0 } })).toThrow(
      'outputBias.columns: expected outputs from 0 to 3, got 4',
    )
  })
})

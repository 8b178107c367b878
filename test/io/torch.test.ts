import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import type { PolicyParams } from '../../src/algo/policy.ts'
import { init, parts, type PpoConfig } from '../../src/algo/ppo/index.ts'
import type { Space } from '../../src/env/index.ts'
import { decode, encode } from '../../src/io/safetensors.ts'
import { decodeTorch, encodeTorch, type TorchNames } from '../../src/io/torch.ts'
import { js } from '../../src/kernel/index.ts'
import * as actorCritic from '../../src/nn/actorCritic.ts'
import { key, normal } from '../../src/random/index.ts'
import { data, toArray, type Tensor } from '../../src/tensor/index.ts'
import { pack, withFlat } from '../../src/tensor/params.ts'
import { own } from '../../src/tensor/tensor.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { small } from '../support/runs.ts'
import { spaces, walk } from '../support/spaces.ts'

const begun = (space: Space, choices: Partial<PpoConfig> = {}, seed = 1): PolicyParams => {
  const { params } = init(parts({ ...small, ...choices }, walk(space)))(key(seed)).learner
  // Biases that are not 0, so that each shows where it went.
  const { flat, tree } = params
  return withFlat(tree, data(normal(key(seed), ['param'], [...flat.shape], 'f32')) as Float32Array)
}

const right = <A>(read: E.Either<string, A>): A =>
  E.isLeft(read) ? expect.fail(read.left) : read.right

const stored = (names: TorchNames, params: PolicyParams) =>
  right(decode(right(encodeTorch(names)(params))))

const shapes = (names: TorchNames, params: PolicyParams) =>
  Object.fromEntries([...stored(names, params)].map(([name, { shape }]) => [name, shape]))

const all = ['sb3', 'cleanrl'] as const

describe('parameters under PyTorch’s names', () => {
  test.prop([
    fc.constantFrom(...all),
    fc.constantFrom('discrete', 'multiDiscrete', 'multiBinary', 'box'),
    fc.constantFrom('separate', 'shared'),
    fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    fc.option(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 })),
    fc.constantFrom('free', 'state'),
  ])('come back to the bit', (names, space, trunk, hidden, wide, kind) => {
    const valueHidden = trunk === 'shared' ? null : wide
    const choices = { trunk, hidden, valueHidden, logStd: { kind, init: 0 } } as const
    const params = begun(spaces[space], choices)
    const like = begun(spaces[space], choices, 2)
    const bytes = right(expectPure(encodeTorch(names), params))
    expectSameBits(right(expectPure(decodeTorch(names)(like), bytes)), params)
  })

  test('are those of Stable-Baselines3', () => {
    expect(shapes('sb3', begun(spaces.box, { valueHidden: [6] }))).toEqual({
      log_std: [2],
      'mlp_extractor.policy_net.0.weight': [5, 2],
      'mlp_extractor.policy_net.0.bias': [5],
      'mlp_extractor.policy_net.2.weight': [4, 5],
      'mlp_extractor.policy_net.2.bias': [4],
      'mlp_extractor.value_net.0.weight': [6, 2],
      'mlp_extractor.value_net.0.bias': [6],
      'action_net.weight': [2, 4],
      'action_net.bias': [2],
      'value_net.weight': [1, 6],
      'value_net.bias': [1],
    })
    expect(shapes('sb3', begun(spaces.discrete, { trunk: 'shared' }))).toEqual({
      'mlp_extractor.shared_net.0.weight': [5, 2],
      'mlp_extractor.shared_net.0.bias': [5],
      'mlp_extractor.shared_net.2.weight': [4, 5],
      'mlp_extractor.shared_net.2.bias': [4],
      'action_net.weight': [3, 4],
      'action_net.bias': [3],
      'value_net.weight': [1, 4],
      'value_net.bias': [1],
    })
  })

  test('are those of CleanRL', () => {
    const tower = (name: string, outputs: number) => ({
      [`${name}.0.weight`]: [5, 2],
      [`${name}.0.bias`]: [5],
      [`${name}.2.weight`]: [4, 5],
      [`${name}.2.bias`]: [4],
      [`${name}.4.weight`]: [outputs, 4],
      [`${name}.4.bias`]: [outputs],
    })
    expect(shapes('cleanrl', begun(spaces.discrete))).toEqual({
      ...tower('actor', 3),
      ...tower('critic', 1),
    })
    expect(shapes('cleanrl', begun(spaces.box))).toEqual({
      ...tower('actor_mean', 2),
      actor_logstd: [1, 2],
      ...tower('critic', 1),
    })
    expect(shapes('cleanrl', begun(spaces.discrete, { trunk: 'shared', hidden: [5] }))).toEqual({
      'network.0.weight': [5, 2],
      'network.0.bias': [5],
      'actor.weight': [3, 5],
      'actor.bias': [3],
      'critic.weight': [1, 5],
      'critic.bias': [1],
    })
  })

  const layer = (inputs: number, outputs: number, weight: readonly number[]) => ({
    layer0: {
      weight: own(['in', 'out'], [inputs, outputs], Float32Array.from(weight)),
      bias: own(['out'], [outputs], new Float32Array(outputs)),
    },
  })
  const byHand = pack<actorCritic.ActorCritic>({
    actor: layer(3, 2, [1, 2, 3, 4, 5, 6]),
    critic: layer(3, 1, [7, 8, 9]),
  })

  test('hold weights [out, in]: a row an output', () => {
    const weight = stored('cleanrl', byHand).get('actor.0.weight')!
    expect(weight.shape).toEqual([2, 3])
    expect([...weight.data]).toEqual([1, 3, 5, 2, 4, 6])
  })

  test('are read as a state_dict has them', () => {
    const f32 = (shape: readonly number[], x: readonly number[]): Tensor =>
      shape.length === 2
        ? own(['a', 'b'], [shape[0]!, shape[1]!], Float32Array.from(x))
        : own(['a'], [shape[0]!], Float32Array.from(x))
    const bytes = encode([
      ['action_net.weight', f32([2, 3], [1, 3, 5, 2, 4, 6])],
      ['action_net.bias', f32([2], [0, 0])],
      ['value_net.bias', f32([1], [0])],
      ['value_net.weight', f32([1, 3], [7, 8, 9])],
    ])
    expectSameBits(
      right(decodeTorch('sb3')(withFlat(byHand.tree, new Float32Array(12)))(bytes)),
      byHand,
    )
  })

  test('compute tanh(x Wᵀ + b), layer by layer', () => {
    const params = begun(spaces.box)
    const file = stored('cleanrl', params)
    const linear = (x: readonly number[], name: string): readonly number[] => {
      const weight = file.get(`${name}.weight`)!
      const bias = file.get(`${name}.bias`)!
      const [outputs, inputs] = weight.shape as readonly [number, number]
      return Array.from({ length: outputs }, (_, i) => {
        let y = bias.data[i]!
        for (let j = 0; j < inputs; j++) y += weight.data[i * inputs + j]! * x[j]!
        return y
      })
    }
    const x = [0.25, -1.5]
    const run = (name: string) =>
      linear(linear(linear(x, `${name}.0`).map(Math.tanh), `${name}.2`).map(Math.tanh), `${name}.4`)
    const again = right(decodeTorch('cleanrl')(params)(right(encodeTorch('cleanrl')(params))))
    const input = own(['env', 'feature'], [1, 2], Float32Array.from(x))
    const [{ dist, value }] = actorCritic.forward(js.f32, again, input, [2, 3])
    const expected = [...run('actor_mean'), ...toArray(again.tree.logStd!)]
    toArray(dist).forEach((y, i) => expect(y).toBeCloseTo(expected[i]!, 5))
    expect(toArray(value)[0]).toBeCloseTo(run('critic')[0]!, 5)
  })
})

describe('a file of other parameters is refused', () => {
  const read = (names: TorchNames, like: PolicyParams, of: PolicyParams, as = names) =>
    decodeTorch(names)(like)(right(encodeTorch(as)(of)))

  test.each([
    [
      'with other names',
      read('sb3', begun(spaces.discrete), begun(spaces.discrete), 'cleanrl'),
      'mlp_extractor.policy_net.0.weight: expected f32 [5, 2], got nothing',
    ],
    [
      'with wider layers',
      read('sb3', begun(spaces.discrete), begun(spaces.discrete, { hidden: [5, 6] })),
      'mlp_extractor.policy_net.2.weight: expected f32 [4, 5], got f32 [6, 5]',
    ],
    [
      'with fewer layers',
      read('sb3', begun(spaces.discrete), begun(spaces.discrete, { hidden: [5] })),
      'mlp_extractor.policy_net.2.weight: expected f32 [4, 5], got nothing',
    ],
    [
      'with more layers',
      read(
        'sb3',
        begun(spaces.discrete, { hidden: [2] }),
        begun(spaces.discrete, { hidden: [2, 2] }),
      ),
      'mlp_extractor.policy_net.2.weight: expected no such tensor in a policy of this config, got f32 [2, 2]',
    ],
    [
      'with other actions',
      read('cleanrl', begun(spaces.box), begun(spaces.discrete)),
      'actor_mean.0.weight: expected f32 [5, 2], got nothing',
    ],
    [
      'of f64',
      read(
        'cleanrl',
        begun(spaces.discrete),
        withFlat(begun(spaces.discrete).tree, Float64Array.from(data(begun(spaces.discrete).flat))),
      ),
      'actor.0.weight: expected f32 [5, 2], got f64 [5, 2]',
    ],
  ] as const)('%s', (_, got, message) => {
    expect(got).toEqual(E.left(message))
  })

  test.prop([fc.uint8Array()])('and so are any bytes, which throw nothing', (bytes) => {
    expect(E.isLeft(decodeTorch('sb3')(begun(spaces.discrete))(bytes))).toBe(true)
  })

  test('a product of a box and others has no names to be written under', () => {
    expect(encodeTorch('sb3')(begun(spaces.product))).toEqual(
      E.left(
        'logStd: expected a log σ for each of 8 outputs, as of a box, got 3: these names have no mixed actions',
      ),
    )
  })
})

import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import type { PolicyParams } from '../../../src/algo/policy.ts'
import { init, parts, type PpoConfig } from '../../../src/algo/ppo/index.ts'
import { box, multiDiscrete, type Space } from '../../../src/env/index.ts'
import { decode, encode, open } from '../../../src/format/safetensors.ts'
import { mlpTree } from '../../../src/run/policy/mlpTree.ts'
import { readPolicy } from '../../../src/run/policy/readPolicy.ts'
import { encodeTorch } from '../../../src/run/policy/torch.ts'
import type { TorchNames, TorchSource } from '../../../src/run/policy/torchExtras.ts'
import { js } from '../../../src/kernel/index.ts'
import { actorCritic, type ActorCriticParams } from '../../../src/nn/index.ts'
import { key, normal } from '../../../src/random/index.ts'
import { of as momentsOf, variance } from '../../../src/rl/moments.ts'
import { normaliseObservation } from '../../../src/rl/normaliseObservation.ts'
import { data, of, toArray, type Tensor } from '../../../src/tensor/index.ts'
import { pack, withFlat } from '../../../src/tensor/params.ts'
import { own } from '../../../src/tensor/tensor.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { small } from '../../support/runs.ts'
import { spaces, walk } from '../../support/spaces.ts'

const sourceOf = (space: Space, choices: Partial<PpoConfig> = {}): TorchSource => ({
  env: walk(space),
  config: { ...small, ...choices },
  trained: { params: begun(space, choices), normaliser: null },
})

const begun = (space: Space, choices: Partial<PpoConfig> = {}, seed = 1): PolicyParams => {
  const { params } = init(parts({ ...small, ...choices }, walk(space)))(key(seed)).learner
  // Biases that are not 0, so that each shows where it went.
  const { flat, tree } = params
  return withFlat(tree, data(normal(key(seed), ['param'], [...flat.shape], 'f32')) as Float32Array)
}

const right = <A>(read: E.Either<unknown, A>): A =>
  E.isLeft(read) ? expect.fail(JSON.stringify(read.left)) : read.right

/** Only the parameters matter here: an environment and a config that have nothing to add to them. */
const written = (names: TorchNames, params: PolicyParams): Uint8Array =>
  right(encodeTorch(names)({ ...sourceOf(spaces.discrete), trained: { params, normaliser: null } }))
    .bytes

const stored = (names: TorchNames, params: PolicyParams) => right(decode(written(names, params)))

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
  ])('come back to the bit', (names, space, trunk, hidden, wide) => {
    const valueHidden = trunk === 'shared' ? null : wide
    const choices = { trunk, hidden, valueHidden } as const
    const source = sourceOf(spaces[space], choices)
    const { params } = source.trained
    const like = begun(spaces[space], choices, 2)
    const { bytes } = right(expectPure(encodeTorch(names), source))
    expectSameBits(right(expectPure(readPolicy, bytes, { like })).params, params)
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
  const byHand = pack<ActorCriticParams>({
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
      right(readPolicy(bytes, { like: withFlat(byHand.tree, new Float32Array(12)) })).params,
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
    const again = right(readPolicy(written('cleanrl', params), { like: params })).params
    const input = own(['env', 'feature'], [1, 2], Float32Array.from(x))
    const network = actorCritic({
      observations: 2,
      distParams: 4,
      hidden: small.hidden,
      gain: small.gain,
      logStd: { columns: [2, 3], init: 0 },
    })
    const tree = mlpTree(again)
    const [{ param, value }] = network.forward(js.f32, tree, input)
    const expected = [...run('actor_mean'), ...toArray(tree.logStd!)]
    toArray(param).forEach((y, i) => expect(y).toBeCloseTo(expected[i]!, 5))
    expect(toArray(value)[0]).toBeCloseTo(run('critic')[0]!, 5)
  })
})

describe('a file of other parameters than those of like is refused', () => {
  const read = (names: TorchNames, like: PolicyParams, of: PolicyParams) =>
    readPolicy(written(names, of), { like })

  test.each([
    [
      'with wider layers',
      read('sb3', begun(spaces.discrete), begun(spaces.discrete, { hidden: [5, 6] })),
      'actor.layer1.weight: expected f32 [in=5, out=4], got f32 [in=5, out=6]',
    ],
    [
      'with fewer layers',
      read('sb3', begun(spaces.discrete), begun(spaces.discrete, { hidden: [5] })),
      'actor.layer1.weight: expected f32 [in=5, out=4], got f32 [in=5, out=3]',
    ],
    [
      'with more layers',
      read('sb3', begun(spaces.discrete, { hidden: [] }), begun(spaces.discrete, { hidden: [3] })),
      'critic.layer0.weight: expected f32 [in=2, out=1], got f32 [in=2, out=3]',
    ],
    [
      'with a log σ that the policy has not',
      read('cleanrl', begun(spaces.multiBinary), begun(box(3, [0, 0, 0], [1, 1, 1]))),
      'logStd: expected no such tensor in a policy of this config, got f32 [free=3]',
    ],
    [
      'of f64',
      read(
        'cleanrl',
        begun(spaces.discrete),
        withFlat(begun(spaces.discrete).tree, Float64Array.from(data(begun(spaces.discrete).flat))),
      ),
      'actor.layer0.weight: expected f32 [in=2, out=5], got f64 [in=2, out=5]',
    ],
  ] as const)('%s', (_, got, message) => {
    expect(got).toMatchObject({
      _tag: 'Left',
      left: { kind: 'mismatch', message: expect.stringContaining(message) as string },
    })
  })
})

describe('the parts of a run besides its networks', () => {
  const normalise = { observation: true, reward: true, clip: 5, epsilon: 1e-4 }
  const observation = momentsOf(
    of(['step', 'feature'], [3, 2], Float64Array.of(0, 0.5, 1, 0.25, -2, 2)),
  )
  const reward = {
    moments: momentsOf(of(['step', 'feature'], [3, 1], Float64Array.of(1, 2, 4))),
    returns: of(['env'], [3], Float64Array.of(1, -1, 0.5)),
  }
  const source = (space: Space, choices: Partial<PpoConfig>): TorchSource => {
    const plain = sourceOf(space, choices)
    return { ...plain, trained: { ...plain.trained, normaliser: { observation, reward } } }
  }

  test.each(all)('statistics are tensors and a warning in a file for %s', (names) => {
    const { bytes, warnings } = right(encodeTorch(names)(source(spaces.discrete, { normalise })))
    const { tensors, metadata } = right(open(bytes))
    const numbers = (name: string) => [...tensors.get(name)!.data]
    expect(numbers('obs_rms.count')).toEqual([3])
    expect(numbers('obs_rms.mean')).toEqual(toArray(observation.mean))
    expect(numbers('obs_rms.var')).toEqual(toArray(variance(observation)))
    expect([numbers('obs_rms.epsilon'), numbers('obs_rms.clip')]).toEqual([[1e-4], [5]])
    expect(metadata['observation']).toContain('(x - obs_rms.mean) / sqrt(obs_rms.var')
    expect(numbers('ret_rms.var')).toEqual(toArray(variance(reward.moments)))
    expect(warnings).toEqual([
      expect.stringMatching(/^observations: the policy acts on \(x - obs_rms.mean\)/),
      expect.stringMatching(/^value: V is that of rewards/),
    ])
  })

  test.each(all)(
    'as tensors of %s, a reader can whiten with to the policy’s own numbers',
    (names) => {
      const { bytes } = right(encodeTorch(names)(source(spaces.discrete, { normalise })))
      const { tensors } = right(open(bytes))
      const of1 = (name: string, j: number) => tensors.get(`obs_rms.${name}`)!.data[j]!
      const x = own(['env', 'feature'], [2, 2], Float64Array.of(0.3, 1, -70, 9))
      const seen = toArray(normaliseObservation(normalise)(observation, x))
      toArray(x).forEach((xi, i) => {
        const j = i % 2
        const scaled = (xi - of1('mean', j)) / Math.sqrt(of1('var', j) + of1('epsilon', 0))
        expect(Math.min(Math.max(scaled, -of1('clip', 0)), of1('clip', 0))).toBe(seen[i])
      })
    },
  )

  test('comes back with the policy', () => {
    const { bytes } = right(encodeTorch('sb3')(source(spaces.discrete, { normalise })))
    const { normaliser, found } = right(readPolicy(bytes))
    expect(found.ignored).toEqual([])
    expect(found.isActivationAssumed).toBe(false)
    expect(toArray(normaliser!.observation!.mean)).toEqual(toArray(observation.mean))
    toArray(normaliser!.observation!.m2).forEach((x, j) =>
      expect(x).toBeCloseTo(toArray(observation.m2)[j]!, 12),
    )
    expectSameBits(normaliser!.reward!.returns, reward.returns)
  })

  test('squashing is bounds, a formula, and a warning on both sides', () => {
    const { bytes, warnings } = right(
      encodeTorch('sb3')(sourceOf(spaces.box, { actionBound: 'squash' })),
    )
    const { tensors, metadata } = right(open(bytes))
    expect([...tensors.get('action.low')!.data]).toEqual([-1, -2])
    expect([...tensors.get('action.high')!.data]).toEqual([1, 3])
    expect(metadata['action']).toContain('tanh(mean)')
    expect(warnings).toEqual([expect.stringContaining('Stable-Baselines3 uses the mean itself')])
    expect(right(readPolicy(bytes)).found).toMatchObject({
      head: ['Tanh'],
      warnings: [expect.stringContaining('actionBound to squash')],
    })
  })

  test('masks, missing bounds and bits are warnings', () => {
    const warningsOf = (names: TorchNames, source: TorchSource) =>
      right(encodeTorch(names)(source)).warnings
    const masked = {
      ...sourceOf(spaces.discrete),
      env: { ...walk(spaces.discrete), actionMask: 1 },
    }
    expect(warningsOf('sb3', masked)).toEqual([
      expect.stringMatching(/^actions: walk masks choices, but Stable-Baselines3 does not/),
    ])
    expect(warningsOf('cleanrl', sourceOf(spaces.multiBinary))).toEqual([
      expect.stringContaining('CleanRL has no multi-binary policy'),
    ])
    expect(warningsOf('cleanrl', sourceOf(spaces.box, { actionBound: 'none' }))).toEqual([
      expect.stringContaining('CleanRL clips to the action space'),
    ])
    expect(warningsOf('sb3', sourceOf(multiDiscrete([2, 3], [1, 5])))).toEqual([
      'actions: choices of walk begin at 1,5, and those of Stable-Baselines3 at 0: add the difference',
    ])
    for (const names of all)
      for (const space of [spaces.discrete, spaces.multiDiscrete, spaces.box])
        expect(warningsOf(names, sourceOf(space, { actionBound: 'clip' }))).toEqual([])
  })

  test('what neither library has is refused', () => {
    expect(encodeTorch('sb3')(sourceOf(spaces.product))).toEqual(
      E.left(
        'actionSpace: expected one of discrete, multiDiscrete, multiBinary, box, got a product, for which these names have no policy: use onnx',
      ),
    )
    expect(
      encodeTorch('cleanrl')(sourceOf(spaces.box, { logStd: { kind: 'state', init: 0 } })),
    ).toEqual(
      E.left(
        'logStd.kind: expected "free", got "state", for which these names have no tensor: use onnx',
      ),
    )
    for (const logStd of [
      { kind: 'free', init: 0, min: -1 },
      { kind: 'free', init: 0, min: null, max: 1 },
    ] as const)
      expect(encodeTorch('sb3')(sourceOf(spaces.box, { logStd }))).toEqual(
        E.left('logStd: expected no min and no max, for which these names have no place: use onnx'),
      )
  })
})

import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { readFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { init, iterate, parts } from '../../../src/algo/ppo/index.ts'
import { encodeOnnx } from '../../../src/run/policy/onnx/encode.ts'
import { mlpTree } from '../../../src/run/policy/mlpTree.ts'
import { readPolicy } from '../../../src/run/policy/readPolicy.ts'
import { encode } from '../../../src/format/safetensors.ts'
import { encodeTrained } from '../../../src/run/policy/policySnapshot.ts'
import { js } from '../../../src/kernel/index.ts'
import { actorCritic } from '../../../src/nn/index.ts'
import { key, normal } from '../../../src/random/index.ts'
import { variance } from '../../../src/rl/moments.ts'
import { data, of, toArray, type Tensor } from '../../../src/tensor/index.ts'
import { expectSameBits } from '../../law/purity.ts'
import { f32, float, int, ints, model, node, wholes, type Bytes } from '../../support/onnx.ts'
import { small } from '../../support/runs.ts'
import { spaces, walk } from '../../support/spaces.ts'

const right = <A>(read: E.Either<unknown, A>): A =>
  E.isLeft(read) ? expect.fail(JSON.stringify(read.left)) : read.right

/** A tensor of that shape with numbers of its own. */
const tensor = (shape: readonly number[], seed = 1): Tensor =>
  shape.length === 0 ? of([], [], Float32Array.of(0)) : tensorOf(shape, seed)
const tensorOf = (shape: readonly number[], seed: number): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1)
  const x = data(normal(key(seed), ['x'], [count], 'f32')) as Float32Array
  return of(
    shape.map((_, i) => `d${i}`),
    [...shape],
    x,
  )
}

type StateDict = { readonly [name: string]: readonly number[] }

/** A safetensors file of tensors of these shapes. */
const stateDict = (shapes: StateDict): Bytes =>
  encode(Object.entries(shapes).map(([name, shape], i) => [name, tensor(shape, i)] as const))

const linear = (name: string, inputs: number, outputs: number): StateDict => ({
  [`${name}.weight`]: [outputs, inputs],
  [`${name}.bias`]: [outputs],
})

const cleanrl: StateDict = {
  ...linear('actor.0', 4, 8),
  ...linear('actor.2', 8, 2),
  ...linear('critic.0', 4, 6),
  ...linear('critic.2', 6, 1),
}

const sb3: StateDict = {
  log_std: [2],
  ...linear('mlp_extractor.policy_net.0', 4, 8),
  ...linear('mlp_extractor.value_net.0', 4, 6),
  ...linear('action_net', 8, 2),
  ...linear('value_net', 6, 1),
}

describe.each(['cast-cleanrl.onnx', 'compiled-cleanrl.safetensors'])('%s', (name) => {
  const { observation, action, value } = JSON.parse(
    readFileSync(`test/golden/${name.replace(/\.\w+$/, '.json')}`, 'utf8'),
  ) as Readonly<Record<'observation' | 'action' | 'value', number[][]>>

  test('acts as PyTorch does', () => {
    const { params } = right(readPolicy(readFileSync(`test/golden/${name}`)))
    const x = of(['env', 'feature'], [3, 4], Float32Array.from(observation.flat()))
    const gain = { hidden: 1, policy: 1, value: 1 }
    const network = actorCritic({ observations: 4, distParams: 2, hidden: [8, 8], gain })
    const [out] = network.forward(js.f32, mlpTree(params), x)
    toArray(out.param).forEach((y, i) => expect(y).toBeCloseTo(action.flat()[i]!, 6))
    toArray(out.value).forEach((y, i) => expect(y).toBeCloseTo(value.flat()[i]!, 6))
  })
})

test('what is found is reported', () => {
  const { found } = right(readPolicy(readFileSync('test/golden/cast-cleanrl.onnx')))
  expect(found).toMatchObject({
    format: 'onnx',
    layout: 'graph',
    activation: 'tanh',
    isActivationAssumed: false,
    head: [],
    ignored: [],
    warnings: [],
  })
  const compiled = right(readPolicy(readFileSync('test/golden/compiled-cleanrl.safetensors')))
  expect(compiled.found).toMatchObject({
    format: 'safetensors',
    layout: 'cleanrl',
    layers: { trunk: null, actor: [4, 8, 8, 2], critic: [4, 8, 8, 1] },
    isActivationAssumed: true,
    ignored: [],
  })
})

describe('a state dict', () => {
  test.prop([
    fc.constantFrom(cleanrl, sb3),
    fc.array(fc.constantFrom('_orig_mod', 'module', 'policy', 'agent', 'model'), { maxLength: 4 }),
  ])('is read under any prefixes, and comes out the same', (shapes, prefixes) => {
    const prefix = prefixes.map((word) => `${word}.`).join('')
    const wrapped = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]),
    )
    const plain = right(readPolicy(stateDict(shapes)))
    expectSameBits(right(readPolicy(stateDict(wrapped))).params, plain.params)
  })

  test('is read where a part of it was compiled', () => {
    const inner = Object.fromEntries(
      Object.entries(cleanrl).map(([name, shape]) => [
        name.replace('actor.', 'actor._orig_mod.'),
        shape,
      ]),
    )
    expectSameBits(
      right(readPolicy(stateDict(inner))).params,
      right(readPolicy(stateDict(cleanrl))).params,
    )
  })

  test('with two policies in it is refused', () => {
    expect(readPolicy(stateDict({ ...cleanrl, 'module.actor.0.weight': [8, 4] }))).toMatchObject({
      left: { message: expect.stringContaining('"module.actor.0.weight": expected one') as string },
    })
  })

  test('is assumed to be of tanh layers, with a warning, unless the caller says so', () => {
    const silent = right(readPolicy(stateDict(cleanrl)))
    expect(silent.found.isActivationAssumed).toBe(true)
    expect(silent.found.warnings).toEqual([
      expect.stringMatching(/^activation: .* tanh is assumed/),
    ])
    const told = right(readPolicy(stateDict(cleanrl), { activation: 'tanh' }))
    expect(told.found.isActivationAssumed).toBe(false)
    expect(told.found.warnings).toEqual([])
  })

  test.each(['relu', 'ReLU', 'elu', ''])('of %j is refused', (activation) => {
    expect(readPolicy(stateDict(sb3), { activation })).toEqual(
      E.left({
        kind: 'unsupported',
        message: `activation: expected "tanh", the only one that this library runs, got ${JSON.stringify(activation)}`,
      }),
    )
  })

  test.each([
    ['gSDE', { ...sb3, log_std: [8, 2] }, '"log_std" [8, 2]: expected only tanh layers, got log σ'],
    [
      'a recurrent PPO of Stable-Baselines3',
      { ...sb3, 'lstm_actor.weight_ih_l0': [8, 4] },
      'a recurrent layer (LSTM or GRU)',
    ],
    [
      'a recurrent agent of CleanRL',
      { ...cleanrl, 'lstm.weight_hh_l0': [8, 8] },
      'a recurrent layer (LSTM or GRU)',
    ],
    [
      'a CNN extractor',
      { ...sb3, 'features_extractor.cnn.0.weight': [8, 4, 3, 3] },
      'a convolution (a CNN extractor)',
    ],
    ['CleanRL’s Atari agent', { 'network.0.weight': [8, 4, 3, 3] }, 'a convolution'],
    [
      'an extractor with layers',
      { ...sb3, 'pi_features_extractor.linear.0.weight': [8, 4] },
      'a features extractor with its own layers',
    ],
    ['a DQN', linear('q_net.q_net.0', 4, 2), 'a Q-network'],
    ['a SAC', linear('actor.mu', 4, 2), 'an actor of SAC or TD3'],
    ['CleanRL’s SAC', linear('fc_mean', 4, 2), 'an actor of SAC or TD3'],
    [
      'a log σ by the state',
      { ...cleanrl, ...linear('actor_logstd', 8, 2) },
      'a log σ computed by separate layers',
    ],
    [
      'LayerNorm',
      { ...cleanrl, 'actor.1.weight': [8], 'actor.1.bias': [8] },
      'a normalisation (LayerNorm)',
    ],
    ['BatchNorm', { ...cleanrl, 'actor.1.running_mean': [8] }, 'batch normalisation'],
    [
      'two heads',
      { ...cleanrl, ...linear('actor_mean.2', 8, 2) },
      'expected one head of the policy',
    ],
    [
      'layers without anything between them',
      { ...linear('actor.0', 4, 8), ...linear('actor.1', 8, 2) },
      'expected tanh between two layers, got layer 0 right before it',
    ],
    ['a log σ of another length', { ...sb3, log_std: [3] }, 'log_std: expected f32 [2]'],
  ] as const)('of %s is refused by name', (_, shapes, message) => {
    expect(readPolicy(stateDict(shapes))).toMatchObject({
      left: { kind: 'unsupported', message: expect.stringContaining(message) as string },
    })
  })

  test('with unknown names is refused, and distinguished from a policy', () => {
    expect(readPolicy(stateDict(linear('encoder.0', 4, 2)))).toEqual(
      E.left({
        kind: 'unknown',
        message:
          'tensors: expected those of a policy under the names of proximal, Stable-Baselines3 or CleanRL, got "encoder.0.weight", "encoder.0.bias"',
      }),
    )
  })

  test('with tensors more is read, and says so', () => {
    const { found } = right(
      readPolicy(stateDict({ ...cleanrl, 'popart.scale': [1] }), { activation: 'tanh' }),
    )
    expect(found.ignored).toEqual(['popart.scale'])
    expect(found.warnings).toEqual([
      'tensors: nothing was made of "popart.scale": the policy may act differently without them',
    ])
  })

  test('with layers that do not meet is refused', () => {
    for (const [shapes, message] of [
      [{ ...cleanrl, ...linear('actor.2', 7, 2) }, '"actor.2.weight": expected 8 inputs, got 7'],
      [{ ...cleanrl, 'actor.2.bias': [3] }, '"actor.2.bias": expected [2], got [3]'],
      [{ ...cleanrl, ...linear('critic.2', 6, 2) }, 'critic: expected one output, got 2'],
      [{ ...cleanrl, ...linear('critic.0', 5, 6) }, 'critic: expected 4 inputs, got 5'],
      [{ 'actor.0.bias': [3] }, '"actor.0.bias": expected a weight with the bias, got none'],
    ] as const)
      expect(readPolicy(stateDict(shapes))).toEqual(E.left({ kind: 'damaged', message }))
  })

  test('without V has a V of 0, or that of like, and says so', () => {
    const actor = { ...linear('actor.0', 4, 8), ...linear('actor.2', 8, 2) }
    const { params, found } = right(readPolicy(stateDict(actor), { activation: 'tanh' }))
    expect(toArray(mlpTree(params).critic['layer0']!.weight)).toEqual([0, 0, 0, 0])
    expect(found.warnings).toEqual([expect.stringMatching(/^value: .* V is 0/)])
    const like = right(readPolicy(stateDict(cleanrl))).params
    const filled = right(readPolicy(stateDict(actor), { activation: 'tanh', like }))
    expectSameBits(filled.params.tree.critic, like.tree.critic)
    expect(filled.found.warnings).toEqual([expect.stringContaining('that of `like` is used')])
  })

  test('of a file whose biases were left out has biases of 0', () => {
    const shapes = { 'actor.0.weight': [3, 4], 'critic.0.weight': [1, 4] }
    const { params } = right(readPolicy(stateDict(shapes)))
    expect(toArray(mlpTree(params).actor['layer0']!.bias)).toEqual([0, 0, 0])
  })
})

describe('a file of ours', () => {
  const config = {
    ...small,
    normalise: { observation: true, reward: true, clip: 5, epsilon: 1e-8 },
  }
  const env = walk(spaces.box)
  const learning = parts(config, env)
  const [, { learner }] = iterate(config, learning)(init(learning)(key(1)))

  test('gives parameters and statistics back to the bit', () => {
    const { params, normaliser, found } = right(readPolicy(encodeTrained(learner)))
    expectSameBits(
      { params, normaliser },
      { params: learner.params, normaliser: learner.normaliser },
    )
    expect(found).toMatchObject({ layout: 'proximal', isActivationAssumed: false, warnings: [] })
  })

  test('as a model says how it whitens, and that this is not part of the parameters', () => {
    const bytes = encodeOnnx({ env, config, trained: learner, version: '1' })
    const { params, found } = right(readPolicy(bytes))
    expectSameBits(params, learner.params)
    const { mean, std, clip } = found.whitening!
    const moments = learner.normaliser!.observation!
    mean.forEach((m, j) => expect(m).toBeCloseTo(toArray(moments.mean)[j]!, 12))
    std.forEach((d, j) =>
      expect(d).toBeCloseTo(Math.sqrt(toArray(variance(moments))[j]! + 1e-8), 6),
    )
    expect(clip).toBe(5)
    expect(found.warnings).toEqual([expect.stringContaining('env.normalise(found.whitening)')])
  })

  test('with a shared trunk, and one that squashes, is recognised', () => {
    const choices = { ...small, trunk: 'shared', actionBound: 'squash' } as const
    const { params } = init(parts(choices, env))(key(2)).learner
    const trained = { params, normaliser: null }
    const read = right(readPolicy(encodeOnnx({ env, config: choices, trained, version: '1' })))
    expectSameBits(read.params, params)
    expect(read.found).toMatchObject({
      layers: { trunk: [2, 5, 4], actor: [4, 2], critic: [4, 1] },
      head: ['Tanh'],
      warnings: [expect.stringContaining('actionBound to squash')],
    })
  })
})

describe('an ONNX model from elsewhere', () => {
  const constants = [
    f32('w', [3, 2], [1, 2, 3, 4, 5, 6]),
    f32('b', [3], [7, 8, 9]),
    f32('v', [2, 3], [6, 5, 4, 3, 2, 1]),
    f32('c', [2], [1, -1]),
    f32('q', [1, 3], [0.5, 1, 2]),
    f32('one', [1], [3]),
  ]
  const GEMM = [float('alpha', 1), float('beta', 1), int('transB', 1)]
  const i64 = (name: string, ...xs: readonly number[]): Bytes => wholes(name, xs)
  const gemm = (from: string, weight: string, bias: string, to: string) =>
    node('Gemm', [from, weight, bias], to, ...GEMM)
  const hidden = (from: string) => [gemm(from, 'w', 'b', 'h'), node('Tanh', ['h'], 't')]
  const read = (nodes: readonly Bytes[], outputs: readonly string[], more: readonly Bytes[] = []) =>
    readPolicy(model(nodes, [...constants, ...more], outputs))

  const plain = right(
    read(
      [...hidden('x'), gemm('t', 'v', 'c', 'y'), gemm('t', 'q', 'one', 'value')],
      ['y', 'value'],
    ),
  )

  test('is one policy with V, on a trunk where they share layers', () => {
    expect(plain.found.layers).toEqual({ trunk: [2, 3], actor: [3, 2], critic: [3, 1] })
    expect(toArray(mlpTree(plain.params).critic['layer0']!.bias)).toEqual([3])
  })

  test.each([
    ['a Cast to f32', [node('Cast', ['x'], 'in', int('to', 1))]],
    ['Identity', [node('Identity', ['x'], 'in')]],
    ['Flatten', [node('Flatten', ['x'], 'in', int('axis', 1))]],
    ['Dropout', [node('Dropout', ['x'], 'in')]],
    ['a Reshape to [-1, n]', [node('Reshape', ['x', 'rows'], 'in')]],
    [
      'one after the other',
      [
        node('Cast', ['x'], 'a', int('to', 1)),
        node('Flatten', ['a'], 'e'),
        node('Identity', ['e'], 'in'),
      ],
    ],
  ])('is seen through %s', (_, before) => {
    const seen = right(
      read(
        [...before, ...hidden('in'), gemm('t', 'v', 'c', 'y'), gemm('t', 'q', 'one', 'value')],
        ['y', 'value'],
        [i64('rows', -1, 2)],
      ),
    )
    expectSameBits(seen.params, plain.params)
  })

  test('is read where V’s last axis is taken away, by Squeeze or Reshape', () => {
    for (const last of [
      node('Squeeze', ['z'], 'value', ints('axes', 1)),
      node('Reshape', ['z', 'all'], 'value'),
    ])
      expectSameBits(
        right(
          read(
            [...hidden('x'), gemm('t', 'v', 'c', 'y'), gemm('t', 'q', 'one', 'z'), last],
            ['y', 'value'],
            [i64('all', -1)],
          ),
        ).params,
        plain.params,
      )
  })

  test('is read where equal constants are one, behind Identity', () => {
    const shared = [node('Identity', ['b'], 'bias'), gemm('x', 'w', 'bias', 'h')]
    const again = right(
      read(
        [
          ...shared,
          node('Tanh', ['h'], 't'),
          gemm('t', 'v', 'c', 'y'),
          gemm('t', 'q', 'one', 'value'),
        ],
        ['y', 'value'],
      ),
    )
    expectSameBits(again.params, plain.params)
  })

  test('is read where MatMul has its weights turned by Transpose', () => {
    const product = [
      node('Transpose', ['w'], 'turned', ints('perm', 1, 0)),
      node('MatMul', ['x', 'turned'], 'p'),
      node('Add', ['p', 'b'], 'h'),
      node('Tanh', ['h'], 't'),
    ]
    const again = right(
      read([...product, gemm('t', 'v', 'c', 'y'), gemm('t', 'q', 'one', 'value')], ['y', 'value']),
    )
    expectSameBits(again.params, plain.params)
  })

  test.prop([
    fc.float({ noNaN: true, min: -4, max: 4 }),
    fc.float({ noNaN: true, min: -4, max: 4 }),
  ])('has weights times alpha and biases times beta', (alpha, beta) => {
    const scaled = node(
      'Gemm',
      ['x', 'w', 'b'],
      'y',
      float('alpha', alpha),
      float('beta', beta),
      int('transB', 1),
    )
    const { actor } = mlpTree(right(read([scaled], ['y'])).params)
    const [weight, bias] = [[1, 3, 5, 2, 4, 6], [7, 8, 9]] // prettier-ignore
    expect(toArray(actor['layer0']!.weight)).toEqual(weight.map((x) => Math.fround(alpha * x)))
    expect(toArray(actor['layer0']!.bias)).toEqual(bias.map((x) => Math.fround(beta * x)))
  })

  test('is read where it chooses the action itself, as Stable-Baselines3 exports it', () => {
    const nodes = [
      node('Cast', ['x'], 'in', int('to', 1)),
      ...hidden('in'),
      gemm('t', 'v', 'c', 'logits'),
      gemm('t', 'q', 'one', '29'),
      node('ReduceLogSumExp', ['logits'], 'sum', ints('axes', 1)),
      node('Sub', ['logits', 'sum'], 'logp'),
      node('Softmax', ['logp'], 'p', int('axis', 1)),
      node('ArgMax', ['p'], '28', int('axis', 1), int('keepdims', 0)),
      node('Gather', ['logp', '28'], '30'),
    ]
    const { params, found } = right(read(nodes, ['28', '29', '30']))
    expectSameBits(params, plain.params)
    expect(found.head).toEqual(['Sub', 'Softmax', 'ArgMax'])
    expect(found.ignored).toEqual(['30'])
  })

  test('is read where it clips or squashes its actions, and says so', () => {
    const bounds = [f32('low', [], [-1]), f32('high', [], [1])]
    const mean = [...hidden('x'), gemm('t', 'v', 'c', 'm')]
    const clipped = right(
      read(
        [...mean, node('Clip', ['m', 'low', 'high'], 'y')],
        ['y'],
        [...bounds, f32('log_std', [2], [-1, -2])],
      ),
    )
    expect(clipped.found.head).toEqual(['Clip'])
    expect(toArray(mlpTree(clipped.params).logStd!)).toEqual([-1, -2])
    const squashed = right(read([...mean, node('Tanh', ['m'], 'y')], ['y']))
    expect(squashed.found.head).toEqual(['Tanh'])
    expect(squashed.found.warnings).toContainEqual(expect.stringContaining('actionBound to squash'))
  })

  test.each([
    [
      'ReLU',
      [gemm('x', 'w', 'b', 'h'), node('Relu', ['h'], 't'), gemm('t', 'v', 'c', 'y')],
      '(Relu)',
    ],
    [
      'a Cast to f64',
      [node('Cast', ['x'], 'in', int('to', 11)), gemm('in', 'w', 'b', 'y')],
      '(Cast)',
    ],
    [
      'a Reshape to other rows',
      [node('Reshape', ['x', 'rows'], 'in'), gemm('in', 'w', 'b', 'y')],
      'y: expected 2 inputs, got them reshaped to 4',
    ],
    ['an LSTM', [node('LSTM', ['x', 'w'], 'y')], '(LSTM)'],
  ] as const)('of %s is refused by name', (_, nodes, message) => {
    expect(read(nodes, ['y'], [i64('rows', -1, 4)])).toMatchObject({
      left: { kind: 'unsupported', message: expect.stringContaining(message) as string },
    })
  })
})

describe('a file that is neither', () => {
  test.each([
    ['a zip archive', [0x50, 0x4b, 3, 4], 'a zip archive, as of torch.save'],
    ['a pickle', [0x80, 2], 'a pickle'],
    ['nothing', [], 'no bytes'],
    ['text', [0x68, 0x69], 'something else'],
  ])('is %s and named', (_, bytes, message) => {
    expect(readPolicy(Uint8Array.from(bytes))).toMatchObject({
      left: { kind: 'unknown', message: expect.stringContaining(message) as string },
    })
  })

  test.prop([fc.uint8Array(), fc.constantFrom('none', 'onnx', 'safetensors')])(
    'throws nothing, whatever it begins like',
    (bytes, start) => {
      const all =
        start === 'none'
          ? bytes
          : Uint8Array.of(...(start === 'onnx' ? [8, 8] : [9, 0, 0, 0, 0, 0, 0, 0, 0x7b]), ...bytes)
      expect(E.isLeft(readPolicy(all))).toBe(true)
    },
  )
})

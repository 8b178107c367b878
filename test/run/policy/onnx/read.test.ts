import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { init, parts, type PpoConfig } from '../../../../src/algo/ppo/index.ts'
import { discrete, type Space } from '../../../../src/env/index.ts'
import { encodeOnnx } from '../../../../src/run/policy/onnx/encode.ts'
import { readMlps, type ImportedMlp } from '../../../../src/run/policy/onnx/readMlps.ts'
import { mlpTree } from '../../../../src/run/policy/mlpTree.ts'
import { readPolicy } from '../../../../src/run/policy/readPolicy.ts'
import * as write from '../../../../src/format/protobuf/write.ts'
import { js } from '../../../../src/kernel/index.ts'
import { mlp } from '../../../../src/nn/mlp.ts'
import { key } from '../../../../src/random/index.ts'
import { toArray } from '../../../../src/tensor/index.ts'
import { own } from '../../../../src/tensor/tensor.ts'
import { expectPure, expectSameBits } from '../../../law/purity.ts'
import { small } from '../../../support/runs.ts'
import { f32, float, int, ints, model, node, rawOf, type Bytes } from '../../../support/onnx.ts'
import { spaces, walk } from '../../../support/spaces.ts'

const NORMALISE = { observation: true, reward: false, clip: 10, epsilon: 1e-8 }

const written = (space: Space, config: PpoConfig) => {
  const env = walk(space)
  const begin = init(parts(config, env))
  const { learner } = begin(key(1))
  const bytes = encodeOnnx({ env, config, trained: learner, version: '1' })
  return { bytes, params: learner.params, other: begin(key(2)).learner.params }
}

const right = <A>(read: E.Either<unknown, A>): A => {
  if (E.isLeft(read)) return expect.fail(JSON.stringify(read.left))
  return read.right
}

const left = (read: E.Either<string, unknown>): string =>
  E.isLeft(read) ? read.left : expect.fail('expected an error')

describe('our own models', () => {
  test.each([
    ['choices', spaces.discrete, small],
    ['a box', spaces.box, small],
    ['log σ by the state', spaces.box, { ...small, logStd: { kind: 'state', init: 0 } }],
    ['a product', spaces.product, { ...small, trunk: 'shared' }],
    ['no hidden layers', spaces.discrete, { ...small, hidden: [], valueHidden: [3] }],
    ['normalised observations', spaces.box, { ...small, normalise: NORMALISE }],
  ] as ReadonlyArray<readonly [string, Space, PpoConfig]>)(
    'give their parameters back to the bit: %s',
    (_, space, config) => {
      const { bytes, params, other } = written(space, config)
      expectSameBits(right(expectPure(readPolicy, bytes, { like: other })).params, params)
    },
  )

  test('of other layers are refused with the tensor’s name', () => {
    const { bytes } = written(spaces.discrete, small)
    const like = written(spaces.discrete, { ...small, hidden: [5, 3] }).params
    expect(readPolicy(bytes, { like })).toEqual(
      E.left({
        kind: 'mismatch',
        message: 'actor.layer1.weight: expected f32 [in=5, out=3], got f32 [in=5, out=4]',
      }),
    )
    const trunk = written(spaces.discrete, { ...small, trunk: 'shared' }).params
    expect(readPolicy(bytes, { like: trunk })).toMatchObject({
      left: { message: 'trunk.layer0.weight: expected f32 [in=2, out=5], got nothing' },
    })
  })

  test('are networks of their outputs, too', () => {
    const { bytes, params } = written(spaces.discrete, small)
    const mlps = right(expectPure(readMlps(['logits', 'value']), bytes))
    const { actor, critic } = params.tree
    expectSameBits(
      [...mlps],
      [
        ['logits', { input: 'observation', network: actor, last: 'linear' }],
        ['value', { input: 'observation', network: critic, last: 'linear' }],
      ],
    )
  })

  test('and so on a shared trunk, whose tensors are read once', () => {
    const { bytes, params } = written(spaces.discrete, { ...small, trunk: 'shared' })
    const mlps = right(readMlps(['logits', 'value'])(bytes))
    const [logits, value] = ['logits', 'value'].map((name) => mlps.get(name)!.network)
    const { trunk, actor } = mlpTree(params)
    expectSameBits(Object.values(logits!), [...Object.values(trunk!), ...Object.values(actor)])
    expect(value!['layer0']!.weight).toBe(logits!['layer0']!.weight)
  })

  test('are no plain networks where they choose or normalise', () => {
    const { bytes } = written(discrete(3), { ...small, normalise: NORMALISE })
    const { bytes: plain } = written(discrete(3), small)
    expect(left(readMlps(['action'])(plain))).toBe(
      'action: expected a tanh network and nothing after it, got ArgMax',
    )
    expect(left(readMlps(['value'])(bytes))).toContain(
      'node seen (Clip): expected this only after the last layer of a tanh network',
    )
    expect(left(readMlps(['v'])(bytes))).toBe(
      'v: expected one of the outputs logits, action, value',
    )
  })
})

/** As PyTorch writes linear layers: weights [out, in], turned by the operator. */
const GEMM = [float('alpha', 1), float('beta', 1), int('transB', 1)]
const W = f32('w', [2, 3], [1, 2, 3, 4, 5, 6])
const B = f32('b', [2], [7, 8])
const V = f32('v', [1, 2], [9, 10])
const C = f32('c', [1], [11])
const layer = {
  layer0: {
    weight: own(['in', 'out'], [3, 2], Float32Array.of(1, 4, 2, 5, 3, 6)),
    bias: own(['out'], [2], Float32Array.of(7, 8)),
  },
}
const one = (bytes: Bytes): ImportedMlp => right(readMlps()(bytes)).get('y')!
const problem = (nodes: readonly Bytes[], constants: readonly Bytes[] = [W, B]): string =>
  left(readMlps()(model(nodes, constants)))

describe('tanh networks from elsewhere', () => {
  const linear = { input: 'x', network: layer, last: 'linear' }

  test('weights as PyTorch stores them are turned', () => {
    expectSameBits(one(model([node('Gemm', ['x', 'w', 'b'], 'y', ...GEMM)], [W, B])), linear)
  })

  test('weights that lie as they are used are not', () => {
    const plain = f32('w', [3, 2], [1, 4, 2, 5, 3, 6])
    expectSameBits(one(model([node('Gemm', ['x', 'w', 'b'], 'y')], [plain, B])), linear)
    const product = node('MatMul', ['x', 'w'], 'p')
    for (const sum of [
      ['p', 'b'],
      ['b', 'p'],
    ])
      expectSameBits(one(model([product, node('Add', sum, 'y')], [plain, B])), linear)
    const row = f32('b', [1, 2], [7, 8])
    expectSameBits(one(model([product, node('Add', ['p', 'b'], 'y')], [plain, row])), linear)
  })

  test('without a bias it is 0', () => {
    const bias = own(['out'], [2], new Float32Array(2))
    const network = { layer0: { ...layer.layer0, bias } }
    const gemm = node('Gemm', ['x', 'w'], 'y', ...GEMM)
    expectSameBits(one(model([gemm], [W])), { ...linear, network })
    const plain = f32('w', [3, 2], [1, 4, 2, 5, 3, 6])
    expectSameBits(one(model([node('MatMul', ['x', 'w'], 'y')], [plain])), { ...linear, network })
  })

  test('numbers one by one, or in several lists, are those in one piece', () => {
    const head = [write.packed(1, [2, 3]), write.whole(2, 1), write.string(8, 'w')]
    const singly = [1, 2, 3, 4, 5, 6].map((x) => write.float(4, x))
    const lists = [
      write.bytes(4, rawOf([1, 2])),
      write.float(4, 3),
      write.bytes(4, rawOf([4, 5, 6])),
    ]
    for (const floats of [singly, lists])
      expectSameBits(
        one(
          model(
            [node('Gemm', ['x', 'w', 'b'], 'y', ...GEMM)],
            [write.message(...head, ...floats), B],
          ),
        ),
        linear,
      )
  })

  test('Flatten, Identity, Constant and Squeeze are seen through, and the last Tanh is kept', () => {
    const axes = write.message(
      write.whole(1, 1),
      write.whole(2, 7),
      write.bytes(9, new Uint8Array(BigInt64Array.of(-1n).buffer)),
    )
    const constant = write.message(write.string(1, 'value'), write.bytes(5, axes))
    const nodes = [
      node('Flatten', ['x'], 'flat', int('axis', 1)),
      node('Gemm', ['flat', 'w', 'b'], 'h', ...GEMM),
      node('Tanh', ['h'], 't'),
      node('Gemm', ['t', 'v', 'c'], 'z', ...GEMM),
      node('Tanh', ['z'], 'u'),
      node('Constant', [], 'axes', constant),
      node('Squeeze', ['u', 'axes'], 's'),
      node('Identity', ['s'], 'y'),
    ]
    const read = one(model(nodes, [W, B, V, C]))
    expect(read.last).toBe('tanh')
    expect(Object.keys(read.network)).toEqual(['layer0', 'layer1'])
    expectSameBits(read.network['layer0'], layer.layer0)
    expect(toArray(read.network['layer1']!.weight)).toEqual([9, 10])
    expect(read.network['layer1']!.weight.shape).toEqual([2, 1])
  })

  test('compute what the operators say', () => {
    const nodes = [
      node('Gemm', ['x', 'w', 'b'], 'h', ...GEMM),
      node('Tanh', ['h'], 't'),
      node('Gemm', ['t', 'v', 'c'], 'z', ...GEMM),
      node('Squeeze', ['z'], 'y', ints('axes', 1)),
    ]
    const { network, last } = one(model(nodes, [W, B, V, C]))
    const x = [-1, 0.5, -0.25]
    const input = own(['env', 'feature'], [1, 3], Float32Array.from(x))
    const [w, b] = [[[1, 2, 3], [4, 5, 6]], [7, 8]] // prettier-ignore
    const h = w.map((row, i) => Math.tanh(row.reduce((sum, wj, j) => sum + wj * x[j]!, b[i]!)))
    const layers = mlp({ sizes: [3, 2, 1], gain: { hidden: 1, output: 1 }, last })
    const [y] = layers.forward(js.f32, network, input)
    const expected = 9 * h[0]! + 10 * h[1]! + 11
    expect(toArray(y)[0]).toBeCloseTo(expected, 5)
  })

  test('several outputs share what they share', () => {
    const nodes = [
      node('Gemm', ['x', 'w', 'b'], 'h', ...GEMM),
      node('Tanh', ['h'], 't'),
      node('Gemm', ['t', 'v', 'c'], 'value', ...GEMM),
      node('Gemm', ['t', 'v', 'c'], 'y', ...GEMM),
    ]
    const mlps = right(readMlps()(model(nodes, [W, B, V, C], ['y', 'value'])))
    expect([...mlps.keys()]).toEqual(['y', 'value'])
    const [y, value] = [...mlps.values()]
    expect(y!.network['layer0']).toBe(value!.network['layer0'])
  })

  const gemm = node('Gemm', ['x', 'w', 'b'], 'h', ...GEMM)
  const scaled = (name: string, x: number) =>
    problem([node('Gemm', ['x', 'w', 'b'], 'y', float(name, x))])

  test.each([
    [
      'another activation',
      () => problem([gemm, node('Relu', ['h'], 'y')]),
      'node /y (Relu): expected a tanh network’s Gemm',
    ],
    ['no finite alpha', () => scaled('alpha', Infinity), 'alpha: expected a finite number'],
    ['no finite beta', () => scaled('beta', NaN), 'beta: expected a finite number, got NaN'],
    [
      'a turned input',
      () => problem([node('Gemm', ['x', 'w', 'b'], 'y', int('transA', 1))]),
      'transA: expected 0, got 1',
    ],
    [
      'an unknown attribute',
      () => problem([node('Gemm', ['x', 'w', 'b'], 'y', int('broadcast', 1))]),
      'broadcast: expected no such attribute',
    ],
    [
      'another domain',
      () => problem([write.message(gemm, write.string(7, 'com'), write.string(2, 'y'))]),
      '(com.Gemm)',
    ],
    [
      'two layers without Tanh',
      () => problem([gemm, node('Gemm', ['h', 'v', 'c'], 'y', ...GEMM)], [W, B, V, C]),
      'node /h (Gemm): expected Tanh between two layers',
    ],
    [
      'two Tanh',
      () => problem([gemm, node('Tanh', ['h'], 't'), node('Tanh', ['t'], 'y')]),
      'expected a layer before Tanh',
    ],
    [
      'Tanh of the input',
      () => problem([node('Tanh', ['x'], 't'), node('Gemm', ['t', 'w', 'b'], 'y', ...GEMM)]),
      'y: expected a layer before the first Tanh',
    ],
    [
      'no layer',
      () => problem([node('Identity', ['x'], 'y')]),
      'y: expected a layer, got the unchanged input',
    ],
    ['no node', () => problem([]), 'y: expected a node or an input of that name'],
    [
      'a ring',
      () => problem([node('Identity', ['y'], 'h'), node('Identity', ['h'], 'y')]),
      'got a cycle',
    ],
    ['two nodes of a name', () => problem([gemm, gemm]), 'h: expected one node with this output'],
    ['two constants of a name', () => problem([gemm], [W, W]), 'w: expected one constant'],
    [
      'no weights',
      () => problem([node('Gemm', ['x', 'w', 'b'], 'y')], [B]),
      'expected w to be a constant',
    ],
    [
      'no bias',
      () => problem([node('Gemm', ['x', 'w', 'b'], 'y', ...GEMM)], [W]),
      'expected b to be a constant',
    ],
    [
      'a bias of another length',
      () => problem([node('Gemm', ['x', 'w', 'b'], 'y')]),
      'b: expected [3], got [2]',
    ],
    [
      'weights in a row',
      () => problem([node('Gemm', ['x', 'b', 'b'], 'y')]),
      'b: expected two sizes >= 1, got [2]',
    ],
    [
      'no inputs',
      () => problem([node('Gemm', ['x', 'w'], 'y')], [f32('w', [0, 9], [])]),
      'w: expected two sizes >= 1, got [0, 9]',
    ],
    [
      'layers that do not meet',
      () => problem([gemm, node('Tanh', ['h'], 't'), node('Gemm', ['t', 'w', 'b'], 'y', ...GEMM)]),
      'node /h (Gemm): expected 3 outputs for the next layer, got 2',
    ],
    [
      'fewer numbers than sizes',
      () => problem([node('Gemm', ['x', 'w'], 'y')], [f32('w', [2, 4], [1, 2, 3, 4, 5, 6])]),
      'w: expected 32 bytes for [2, 4], got 24',
    ],
    [
      'sizes of exabytes',
      () => problem([node('Gemm', ['x', 'w'], 'y')], [f32('w', [2 ** 40, 2 ** 40], [1])]),
      'w: expected 4.8',
    ],
    ['a size below 0', () => problem([gemm], [f32('w', [-2, -3], [])]), 'w: expected sizes >= 0'],
    [
      'nine dimensions',
      () =>
        problem(
          [gemm],
          [
            f32(
              'w',
              Array.from({ length: 9 }, () => 1),
              [1],
            ),
          ],
        ),
      'at most 8 dimensions',
    ],
    [
      'f64',
      () =>
        problem(
          [node('Gemm', ['x', 'w'], 'y')],
          [write.message(write.whole(2, 11), W, write.whole(2, 11))],
        ),
      'w: expected f32 (data type 1), got data type 11',
    ],
    [
      'numbers in another file',
      () => problem([node('Gemm', ['x', 'w'], 'y')], [write.message(W, write.whole(14, 1))]),
      'w: expected numbers inside the file',
    ],
    [
      'a sum of other things',
      () => problem([gemm, node('Add', ['h', 'b'], 'y')]),
      'node /y (Add): expected a MatMul and a constant, got h and b',
    ],
    [
      'a Squeeze of another axis',
      () => problem([gemm, node('Squeeze', ['h'], 'y', ints('axes', 0))]),
      'node /y (Squeeze): expected',
    ],
    [
      'a Squeeze on the way',
      () =>
        problem([
          node('Squeeze', ['x'], 's', ints('axes', 1)),
          node('Gemm', ['s', 'w', 'b'], 'y', ...GEMM),
        ]),
      'node /s (Squeeze): expected only',
    ],
    [
      'a Flatten of another axis',
      () => problem([gemm, node('Flatten', ['h'], 'y', int('axis', 0))]),
      'node /y (Flatten): expected',
    ],
  ])('%s is an error that says where', (_, got, message) => {
    expect(got().replace("'", '’')).toContain(message)
  })

  test('so is a file without a graph, and too much of anything', () => {
    expect(left(readMlps()(new Uint8Array(0)))).toBe('expected a model with a graph, got none')
    const many = Array.from({ length: 10_001 }, () => write.bytes(1, write.string(4, 'Tanh')))
    expect(left(readMlps()(write.bytes(7, write.message(...many))))).toContain(
      'at most 10000 nodes',
    )
    const names = Array.from({ length: 257 }, (_, i) => `${i}`)
    expect(left(readMlps()(model([], [], names)))).toContain('at most 256 inputs and outputs')
    const inputs = Array.from({ length: 65 }, () => 'x')
    expect(left(readMlps()(model([node('Gemm', inputs, 'y')], [])))).toContain('at most 64 inputs')
    const square = f32('w', [1, 1], [1])
    const chain = (layers: number) =>
      Array.from({ length: layers }, (_, i) => [
        node('MatMul', [i === 0 ? 'x' : `t${i - 1}`, 'w'], i === layers - 1 ? 'y' : `h${i}`),
        node('Tanh', [`h${i}`], `t${i}`),
      ]).flat()
    expect(Object.keys(one(model(chain(256), [square])).network)).toHaveLength(256)
    expect(problem(chain(257), [square])).toContain('at most 256 layers')
  })

  const good = model(
    [gemm, node('Tanh', ['h'], 't'), node('Gemm', ['t', 'v', 'c'], 'y', ...GEMM)],
    [W, B, V, C],
  )

  test.prop(
    [fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })],
    {
      numRuns: 2000,
    },
  )('a file with changed bytes is read or refused, and nothing is thrown', (changes) => {
    const bytes = good.slice()
    for (const [at, byte] of changes) bytes[at] = byte
    expect(typeof readMlps()(bytes)._tag).toBe('string')
  })

  test('of a part of a file is an error, wherever it ends', () => {
    for (let length = 0; length < good.length; length++)
      expect(E.isLeft(readMlps()(good.subarray(0, length)))).toBe(true)
    expect(E.isRight(readMlps()(good))).toBe(true)
  })
})

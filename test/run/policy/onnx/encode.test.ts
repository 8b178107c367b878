import * as ort from 'onnxruntime-web'
import protobuf from 'protobufjs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Normaliser } from '../../../../src/algo/look.ts'
import { policyFor, type Policy } from '../../../../src/algo/policy.ts'
import { init, iterate, parts, presets, type PpoConfig } from '../../../../src/ppo.ts'
import {
  discrete,
  multiDiscrete,
  tuple,
  type Environment,
  type Space,
} from '../../../../src/env/index.ts'
import { reader } from '../../../../src/env/reader.ts'
import { environmentOf } from '../../../../src/env/environments.ts'
import { width } from '../../../../src/env/space.ts'
import { js } from '../../../../src/kernel/index.ts'
import { encodeOnnx, type OnnxSource } from '../../../../src/run/policy/onnx/encode.ts'
import { key, normal } from '../../../../src/random/index.ts'
import { data, toArray, type Tensor } from '../../../../src/tensor/index.ts'
import { leaves } from '../../../../src/tensor/params.ts'
import { own } from '../../../../src/tensor/tensor.ts'
import { expectPure } from '../../../law/purity.ts'
import { small } from '../../../support/runs.ts'
import { numbersIn, spaces, walk } from '../../../support/spaces.ts'

beforeAll(() => {
  ort.env.wasm.numThreads = 1
})

/** A policy after one update, and what it is exported from. */
const learnt = <S>(env: Environment<S>, config: PpoConfig) => {
  const all = parts(config, env)
  const [, { learner }] = iterate(config, all)(init(all)(key(1)))
  const source: OnnxSource = { env, config, trained: learner, version: '1.2.3' }
  return { source, policy: all.policy }
}

type Observations = Tensor<['env', 'feature']>

const observations = (
  features: number,
  { scale = 2, from = [] as readonly number[], rows = 1000 } = {},
): Observations => {
  const x = toArray(normal(key(7), ['draw'], [rows * features], 'f64'))
  const shown = x.map((z, i) => (from[i % features] ?? 0) + scale * z)
  return own(['env', 'feature'], [rows, features], Float32Array.from(shown))
}

type Numbers = ReadonlyArray<number>
type Answers = ReadonlyMap<string, Numbers>

const play = async (bytes: Uint8Array, seen: Observations): Promise<Answers> => {
  const session = await ort.InferenceSession.create(bytes)
  const observation = new ort.Tensor('float32', data(seen) as Float32Array, [...seen.shape])
  const answers = await session.run({ observation })
  const read = session.outputNames.map((name) => {
    const { data: values, dims } = answers[name]!
    expect(dims[0]).toBe(seen.shape[0])
    return [name, Array.from(values as Float32Array | BigInt64Array, Number)] as const
  })
  await session.release()
  return new Map(read)
}

/** Columns [from, from + count) of rows of `total`. */
const columns = (x: Numbers, total: number, from: number, count: number): Numbers =>
  x.filter((_, i) => i % total >= from && i % total < from + count)

/** What the library itself says, under the names of the model. */
const expectedOf = (
  { env, config, trained: { params, normaliser } }: OnnxSource,
  policy: Policy,
  seen: Observations,
): Answers => {
  const [{ dist, value }] = policy.forward(params, policy.normaliseObservation(normaliser)(seen))
  const rows = seen.shape[0]
  const mode = data(dist.mode())
  const read = reader(env.actionSpace, config.actionBound)
  const wide = width(env.actionSpace)
  const actions = Array.from({ length: rows }, (_, i) => numbersIn(read(mode, i * wide))).flat()
  const out = new Map<string, Numbers>()
  const all = dist.param.shape[1]
  let param = 0
  let action = 0
  const visit = (space: Space, path: string): void => {
    if (space.kind === 'product' || space.kind === 'tuple') {
      for (const [name, part] of Object.entries<Space>(space.spaces)) visit(part, `${path}${name}.`)
      return
    }
    const cut = (name: string, count: number): void => {
      out.set(path + name, columns(toArray(dist.param), all, param, count))
      param += count
    }
    if (space.kind === 'box') {
      cut('mean', space.size)
      cut('log_std', space.size)
      const { min, max } = config.logStd
      const clamp = (x: number): number => Math.max(min ?? -Infinity, Math.min(x, max ?? Infinity))
      out.set(`${path}log_std`, out.get(`${path}log_std`)!.map(clamp))
    } else {
      cut('logits', space.kind === 'multiDiscrete' ? space.sizes.reduce((a, b) => a + b) : space.n)
    }
    out.set(`${path}action`, columns(actions, wide, action, width(space)))
    action += width(space)
  }
  visit(env.actionSpace, '')
  return out.set('value', toArray(value))
}

/** The greatest |x − y| / max(1, |y|). */
const distance = (x: Numbers, y: Numbers): number => {
  expect(x.length).toBe(y.length)
  return x.reduce(
    (most, xi, i) => Math.max(most, Math.abs(xi - y[i]!) / Math.max(1, Math.abs(y[i]!))),
    0,
  )
}

/** Whether two logits of a row of n are as good as equal. */
const isTie = (logits: Numbers, n: number, row: number): boolean => {
  const [first, second] = logits.slice(row * n, (row + 1) * n).toSorted((a, b) => b - a)
  return first! - second! <= 1e-6
}

const expectNear = async (source: OnnxSource, policy: Policy, seen: Observations) => {
  const expected = expectedOf(source, policy, seen)
  const got = await play(encodeOnnx(source), seen)
  expect([...got.keys()]).toEqual([...expected.keys()])
  for (const [name, answer] of expected) {
    const mine = got.get(name)!
    const { actionSpace } = source.env
    if (name === 'action' && actionSpace.kind === 'discrete') {
      const logits = expected.get('logits')!
      const differ = mine.flatMap((a, i) =>
        a === answer[i] || isTie(logits, actionSpace.n, i) ? [] : [i],
      )
      expect(differ).toEqual([])
    } else expect({ name, near: distance(mine, answer) <= 1e-6 }).toEqual({ name, near: true })
  }
  return { expected, got }
}

const NORMALISE = { observation: true, reward: true, clip: 10, epsilon: 1e-8 }

describe('a model of a run, played by another runtime, is the run’s policy', () => {
  test.each(['cartpole', 'pendulum', 'mountain-car', 'flappy-bird'] as const)(
    'on 1,000 observations of %s',
    async (name) => {
      const env = environmentOf(name)
      const { source, policy } = learnt(env, presets[name])
      const { size } = env.observationSpace
      const mean = source.trained.normaliser?.observation?.mean
      const { got } = await expectNear(
        source,
        policy,
        observations(size, mean === undefined ? {} : { from: toArray(mean) }),
      )
      expect(new Set(got.get('action')).size).toBeGreaterThan(1)
    },
    60_000,
  )

  const box = (choices: Partial<PpoConfig>) => ({ ...small, ...choices })
  const free = { kind: 'free', init: -0.5 } as const
  const state = { kind: 'state', init: -0.5 } as const

  test.each([
    ['groups', spaces.multiDiscrete, small],
    ['bits', spaces.multiBinary, small],
    ['one choice', discrete(1), small],
    ['choices from a start on', discrete(3, 5), small],
    ['groups from their starts on', multiDiscrete([3, 2], [1, -1]), small],
    ['a tuple', tuple([discrete(2, 1), spaces.box]), small],
    ['a clipped box', spaces.box, box({ logStd: free })],
    ['a squashed one', spaces.box, box({ logStd: free, actionBound: 'squash' })],
    ['an unbounded one', spaces.box, box({ logStd: free, actionBound: 'none' })],
    ['a log σ by the state', spaces.box, box({ logStd: state })],
    ['bounds of a free log σ', spaces.box, box({ logStd: { ...free, min: -0.5, max: -0.499 } })],
    ['bounds of log σ by the state', spaces.box, box({ logStd: { ...state, max: -0.45 } })],
    ['all kinds at once', spaces.product, box({ logStd: free, actionBound: 'squash' })],
    ['the same, log σ by the state', spaces.product, box({ logStd: state })],
    ['a shared trunk', spaces.product, box({ trunk: 'shared' })],
    ['a trunk without layers', spaces.box, box({ trunk: 'shared', hidden: [] })],
    ['no hidden layers', spaces.discrete, box({ hidden: [] })],
    ['other layers of V', spaces.discrete, box({ valueHidden: [7] })],
    ['normalised observations', spaces.box, box({ normalise: NORMALISE })],
    ['a narrow clip', spaces.box, box({ normalise: { ...NORMALISE, clip: 0.25 } })],
  ] as ReadonlyArray<readonly [string, Space, PpoConfig]>)(
    'with %s',
    async (_, space, config) => {
      const { source, policy } = learnt(walk(space), config)
      await expectNear(source, policy, observations(2))
    },
    30_000,
  )

  test('where features lie far from 0 and their statistics are known to f64', async () => {
    const { source, policy } = learnt(walk(spaces.box), { ...small, normalise: NORMALISE })
    const mean = [1e4 + 1 / 3, -1e6 - 1 / 7]
    const normaliser: Normaliser = {
      observation: {
        count: 100,
        mean: own(['feature'], [2], Float64Array.from(mean)),
        m2: own(['feature'], [2], Float64Array.of(100, 400)),
      },
      reward: null,
    }
    const far = { ...source, trained: { ...source.trained, normaliser } }
    await expectNear(far, policy, observations(2, { from: mean }))
  }, 30_000)

  test('where a feature never changed, nothing was seen yet, and nothing is clipped', async () => {
    const { source, policy } = learnt(walk(spaces.box), { ...small, normalise: NORMALISE })
    const still = (count: number): Normaliser => ({
      observation: {
        count,
        mean: own(['feature'], [2], Float64Array.of(3 * count, 0)),
        m2: own(['feature'], [2], new Float64Array(2)),
      },
      reward: null,
    })
    const stood = { ...source, trained: { ...source.trained, normaliser: still(1) } }
    const same = own(['env', 'feature'], [2, 2], Float32Array.of(3, 0, 4, -1))
    await expectNear(stood, policy, same)
    const fresh = { ...source, trained: { ...source.trained, normaliser: still(0) } }
    await expectNear(fresh, policy, observations(2, { scale: 8 }))
    const config = { ...small, normalise: { ...NORMALISE, clip: Infinity } }
    const open = policyFor(js.f32, source.env, config)
    await expectNear({ ...fresh, config }, open, observations(2, { scale: 30 }))
  }, 30_000)

  test('for a single observation', async () => {
    const { source, policy } = learnt(walk(spaces.product), { ...small, actionBound: 'clip' })
    await expectNear(source, policy, observations(2, { rows: 1 }))
  }, 30_000)
})

const message = (fields: { readonly [name: string]: readonly [string, number, string?] }) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [type, id, rule]]) => [
      name,
      rule === undefined ? { type, id } : { type, id, rule },
    ]),
  ),
})

const onnx = protobuf.Root.fromJSON({
  nested: {
    Model: message({
      irVersion: ['int64', 1],
      producerName: ['string', 2],
      producerVersion: ['string', 3],
      graph: ['Graph', 7],
      opsetImport: ['Opset', 8, 'repeated'],
      metadataProps: ['Entry', 14, 'repeated'],
    }),
    Opset: message({ domain: ['string', 1], version: ['int64', 2] }),
    Entry: message({ key: ['string', 1], value: ['string', 2] }),
    Graph: message({
      node: ['Node', 1, 'repeated'],
      name: ['string', 2],
      initializer: ['Tensor', 5, 'repeated'],
      input: ['Value', 11, 'repeated'],
      output: ['Value', 12, 'repeated'],
    }),
    Node: message({
      input: ['string', 1, 'repeated'],
      output: ['string', 2, 'repeated'],
      name: ['string', 3],
      opType: ['string', 4],
      attribute: ['Attribute', 5, 'repeated'],
    }),
    Attribute: message({ name: ['string', 1], i: ['int64', 3], type: ['int32', 20] }),
    Tensor: message({
      dims: ['int64', 1, 'repeated'],
      dataType: ['int32', 2],
      name: ['string', 8],
      rawData: ['bytes', 9],
    }),
    Value: message({ name: ['string', 1], type: ['Type', 2] }),
    Type: message({ tensorType: ['TensorType', 1] }),
    TensorType: message({ elemType: ['int32', 1], shape: ['Shape', 2] }),
    Shape: message({ dim: ['Dimension', 1, 'repeated'] }),
    Dimension: message({ dimValue: ['int64', 1], dimParam: ['string', 2] }),
  },
})

interface Decoded {
  readonly irVersion: number
  readonly producerName: string
  readonly producerVersion: string
  readonly opsetImport: readonly unknown[]
  readonly metadataProps: readonly unknown[]
  readonly graph: {
    readonly name: string
    readonly node: ReadonlyArray<{
      readonly input: readonly string[]
      readonly output: readonly string[]
      readonly opType: string
      readonly attribute?: readonly unknown[]
    }>
    readonly initializer: ReadonlyArray<{
      readonly name: string
      readonly dims: readonly number[]
      readonly dataType: number
      readonly rawData: Uint8Array
    }>
    readonly input: readonly unknown[]
    readonly output: readonly unknown[]
  }
}

const decode = (bytes: Uint8Array): Decoded => {
  const type = onnx.lookupType('Model')
  return type.toObject(type.decode(bytes), { longs: Number }) as Decoded
}

const value = (name: string, elemType: number, ...dim: readonly object[]) => ({
  name,
  type: { tensorType: { elemType, shape: { dim } } },
})
const BATCH = { dimParam: 'batch' }

describe('the bytes of a model', () => {
  const { source } = learnt(walk(discrete(3)), small)
  const model = decode(encodeOnnx({ ...source, metadata: { config: 'abc' } }))

  test('say what made them and of what', () => {
    expect(model).toMatchObject({
      irVersion: 8,
      producerName: 'proximal',
      producerVersion: '1.2.3',
      opsetImport: [{ version: 17 }],
      metadataProps: [
        { key: 'environment', value: 'walk' },
        { key: 'config', value: 'abc' },
      ],
    })
    expect(model.graph.name).toBe('walk')
  })

  test('name inputs and outputs, with a batch of any size', () => {
    expect(model.graph.input).toEqual([value('observation', 1, BATCH, { dimValue: 2 })])
    expect(model.graph.output).toEqual([
      value('logits', 1, BATCH, { dimValue: 3 }),
      value('action', 7, BATCH),
      value('value', 1, BATCH),
    ])
  })

  test('hold every parameter under its path, to the bit', () => {
    const stored = new Map(model.graph.initializer.map((each) => [each.name, each]))
    for (const [path, leaf] of leaves(source.trained.params.tree)) {
      const { dims, dataType, rawData } = stored.get(path)!
      expect(dims).toEqual([...leaf.shape])
      expect(dataType).toBe(1)
      expect([...new Float32Array(rawData.slice().buffer)]).toEqual(toArray(leaf))
    }
  })

  test('are nodes after one another, each of a name of its own, from what stands before it', () => {
    const known = new Set(['observation', ...model.graph.initializer.map(({ name }) => name)])
    expect(known.size).toBe(1 + model.graph.initializer.length)
    for (const { input, output, opType } of model.graph.node) {
      for (const name of input) expect(known, `${opType} of ${name}`).toContain(name)
      expect(output).toHaveLength(1)
      expect(known).not.toContain(output[0])
      known.add(output[0]!)
    }
    expect(model.graph.node.map(({ opType }) => opType)).toEqual(
      'Identity Gemm Tanh Gemm Tanh Gemm Identity ArgMax Gemm Tanh Gemm Tanh Gemm Squeeze'.split(
        ' ',
      ),
    )
  })

  test('of f64 parameters are those of their f32', () => {
    const env = walk(spaces.box)
    const all = parts(small, env, js.f64)
    const { params } = init(all)(key(1)).learner
    const wide = { ...source, env, trained: { params, normaliser: null } }
    const first = decode(encodeOnnx(wide)).graph.initializer[0]!
    const [, leaf] = leaves(params.tree)[0]!
    expect([...new Float32Array(first.rawData.slice().buffer)]).toEqual(
      toArray(leaf).map(Math.fround),
    )
  })

  test('depend only on the arguments', () => {
    expectPure(encodeOnnx, source)
  })

  test('are not written of another environment’s policy, or another config’s', () => {
    expect(() => encodeOnnx({ ...source, env: walk(discrete(4)) })).toThrow(
      'trained.params: expected a policy of 2 → 4 numbers for walk, got one of 2 → 3',
    )
    expect(() => encodeOnnx({ ...source, env: environmentOf('cartpole') })).toThrow('4 → 2')
  })
})

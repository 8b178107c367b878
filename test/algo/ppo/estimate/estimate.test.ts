import * as fc from 'fast-check'
import { test as prop } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { init, iterate, parts, type PpoConfig } from '../../../../src/algo/ppo/index.ts'
import { agentBuild, agentEnvOf } from '../../../../src/algo/engine.ts'
import { algorithm } from '../../../../src/algo/ppo/algorithm.ts'
import { estimate, estimatePolicy } from '../../../../src/algo/ppo/estimate/estimate.ts'
import { planBytes } from '../../../../src/algo/ppo/estimate/memory.ts'
import { networkSize } from '../../../../src/algo/ppo/estimate/networkSize.ts'
import { presets } from '../../../../src/builtin/presets.ts'
import { policyFor } from '../../../../src/algo/policy.ts'
import { measure, memoryOf } from '../../../../src/engine/runtime.ts'
import {
  environmentOf,
  environments,
  type EnvironmentName,
} from '../../../../src/env/environments.ts'
import { env } from '../../../../src/index.ts'
import { js } from '../../../../src/kernel/js/js.ts'
import { backends } from '../../../../src/kernel/backends.ts'
import type { Machine } from '../../../../src/kernel/machine.ts'
import { key } from '../../../../src/random/index.ts'
import { small } from '../../../support/runs.ts'

const TANH = 20

/** Machine that count the operations that they are asked for. */
const counting = (): { readonly kernels: Machine; readonly flop: () => number } => {
  let flop = 0
  const { matmul, dense, vector, adam } = js.f32
  const product = (m: number, k: number, n: number): void => {
    flop += 2 * m * k * n
  }
  const kernels: Machine = {
    ...js.f32,
    matmul: {
      ...matmul,
      nn: (out, a, b, bias, m, k, n) => (product(m, k, n), matmul.nn(out, a, b, bias, m, k, n)),
      tn: (out, a, b, m, k, n) => (product(m, k, n), matmul.tn(out, a, b, m, k, n)),
      nt: (out, a, b, m, k, n) => (product(m, k, n), matmul.nt(out, a, b, m, k, n)),
    },
    dense: {
      ...dense,
      affineTanh: (y, x, w, b, m, k, n) => {
        product(m, k, n)
        flop += TANH * m * n
        dense.affineTanh(y, x, w, b, m, k, n)
      },
    },
    vector: {
      ...vector,
      add: (out, a, b) => {
        flop += a.length
        vector.add(out, a, b)
      },
      sumSquares: (x) => {
        flop += 2 * x.length
        return vector.sumSquares(x)
      },
    },
    adam: (step, ...rest) => {
      flop += 15 * step.length
      adam(step, ...rest)
    },
  }
  return { kernels, flop: () => flop }
}

const configs: ReadonlyArray<readonly [string, EnvironmentName, Partial<PpoConfig>]> = [
  ['two networks', 'cartpole', {}],
  ['wide ones', 'cartpole', { hidden: [96, 64], epochs: 3 }],
  ['one without hidden layers', 'cartpole', { hidden: [], valueHidden: [20] }],
  ['continuous actions', 'pendulum', { hidden: [32, 32] }],
  ['a log σ of the state', 'pendulum', { logStd: { kind: 'state', init: 0 }, hidden: [32] }],
  ['a shared trunk', 'acrobot', { trunk: 'shared', hidden: [64, 64] }],
  ['many shards', 'cartpole', { shards: 6, minibatches: 2, hidden: [24] }],
  ['many features', 'flappy-bird-pixels', { hidden: [8], epochs: 1 }],
  [
    'a stop by the KL after an epoch',
    'cartpole',
    { klStop: { ...small.klStop, target: 1e9 }, hidden: [32] },
  ],
  [
    'a stop by the KL before a step',
    'cartpole',
    { klStop: { ...small.klStop, target: 1e9, when: 'minibatch' }, hidden: [32] },
  ],
]

describe('the estimate of an update', () => {
  test.each(configs)('counts the operations of %s within 20 %', (_, name, choices) => {
    const config: PpoConfig = { ...small, ...choices }
    const world = environmentOf(name)
    const { kernels, flop } = counting()
    const learning = parts(config, world, kernels)
    const start = init(learning)(key(1))
    const before = flop()
    iterate(config, learning)(start)
    const counted = flop() - before
    const { flop: told } = estimate({ ...config, weights: 'fanIn' }, world, { updates: 1 })
    expect(told / counted).toBeGreaterThan(0.8)
    expect(told / counted).toBeLessThan(1.2)
  })

  test.each(
    configs
      .filter(([, , { trunk, klStop }]) => trunk === undefined && klStop === undefined)
      .flatMap(([what, name, choices]) =>
        [1, 2, 5].map((threads) => [what, threads, name, choices] as const),
      ),
  )('counts the memory of an agent of %s on %i threads within 15 %%', (_, given, name, choices) => {
    const config: PpoConfig = { ...small, shards: 3, ...choices }
    const threads = Math.min(given, config.shards)
    const world = environmentOf(name)
    const policy = policyFor(js.f32, world, config)
    const build = agentBuild(algorithm, config, agentEnvOf(world), policy, threads)
    const ranks = Array.from({ length: threads }, (_, rank) =>
      measure(backends.js, build, { rank, size: threads }),
    )
    const byteLength = memoryOf(backends.js, ranks).bytes
    const told = planBytes(config, networkSize(config, environmentOf(name)), threads)
    expect(told).toBeGreaterThan(0.85 * byteLength)
    expect(told).toBeLessThan(1.15 * byteLength)
  })

  test('counts the parameters that there are', () => {
    for (const [, name, choices] of configs) {
      const config: PpoConfig = { ...small, ...choices }
      const { params } = init(parts(config, environmentOf(name)))(key(1)).learner
      expect(networkSize(config, environmentOf(name)).params).toBe(params.flat.shape[0])
    }
  })

  test('counts the columns of every kind of action', () => {
    const actionSpace = env.product({
      stick: env.box(2, [-1, -1], [1, 1]),
      move: env.multiDiscrete([3, 2]),
      keys: env.multiBinary(4),
      fire: env.discrete(7),
    })
    const world = {
      name: 'x',
      observationSpace: env.box(1, [0], [1]),
      actionSpace,
      observe: () => [0],
    }
    const free = networkSize({ ...small, hidden: [] }, world)
    expect([free.outputs, free.actions]).toEqual([2 + 5 + 4 + 7, 2 + 2 + 4 + 1])
    const state = networkSize({ ...small, hidden: [], logStd: { kind: 'state', init: 0 } }, world)
    expect(state.outputs).toBe(free.outputs + 2)
  })
})

const MOST = Number.MAX_SAFE_INTEGER
const count = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: MOST }))

describe('any config that can be', () => {
  const anyConfig = fc.record({
    envs: count,
    steps: count,
    epochs: count,
    minibatches: count,
    shards: count,
    hidden: fc.array(count, { maxLength: 100 }),
    trunk: fc.constantFrom('separate' as const, 'shared' as const),
    logStd: fc.record({
      kind: fc.constantFrom('free' as const, 'state' as const),
      init: fc.constant(0),
    }),
  })

  prop.prop([
    anyConfig,
    count,
    fc.constantFrom(...(Object.keys(environments) as EnvironmentName[])),
  ])('has an estimate of finite numbers above 0', (choices, threads, name) => {
    const config: PpoConfig = { ...small, ...choices }
    for (const told of [
      estimate(config, environmentOf(name), { updates: MOST, threads }),
      estimatePolicy(config, environmentOf(name)),
    ])
      for (const x of Object.values(told)) {
        expect(Number.isFinite(x)).toBe(true)
        expect(x).toBeGreaterThanOrEqual(0)
      }
  })

  prop.prop([
    anyConfig,
    fc.constantFrom('envs' as const, 'steps' as const, 'epochs' as const, 'shards' as const),
  ])('takes more of everything as a field grows', (choices, field) => {
    const config: PpoConfig = { ...small, ...choices }
    const larger = { ...config, [field]: 2 * config[field] }
    const of = (one: PpoConfig) => estimate(one, environmentOf('cartpole'), { updates: 3 })
    expect(of(larger).seconds).toBeGreaterThanOrEqual(of(config).seconds)
    // More shards have fewer samples each.
    if (field !== 'shards') expect(of(larger).bytes).toBeGreaterThanOrEqual(of(config).bytes)
  })

  test('takes as long for two updates as for each of them', () => {
    const of = (updates: number) =>
      estimate({ ...small, weights: 'fanIn' }, environmentOf('cartpole'), { updates })
    expect(of(20).flop).toBeCloseTo(2 * of(10).flop, 6)
    expect(of(20).steps).toBe(20 * small.envs * small.steps)
  })
})

describe('what a laptop does in ten minutes', () => {
  test.each(['cartpole', 'acrobot', 'mountain-car', 'pendulum', 'flappy-bird'] as const)(
    'holds the preset of %s, whole',
    (name) => {
      const { totalSteps, envs, steps } = presets[name]
      const told = estimate(presets[name], environmentOf(name), {
        updates: Math.floor(totalSteps / (envs * steps)),
        threads: 2,
      })
      expect(told.seconds).toBeLessThan(600)
      expect(told.bytes).toBeLessThan(2 * 1024 * 1024 * 1024)
    },
  )

  test.each([
    ['epochs', { epochs: MOST }],
    ['environments', { envs: 20_000_000, trunk: 'shared' }],
    ['shards', { envs: 100_000, steps: 128, minibatches: 1, shards: 10_000_000 }],
    ['minibatches', { envs: 1000, steps: 1000, minibatches: 1_000_000, epochs: 1000 }],
    ['steps', { steps: 1e9 }],
    ['layers', { hidden: [100_000, 100_000] }],
    ['first weights', { hidden: [8000, 8000], steps: 1, envs: 1 }],
    ['layers of V', { valueHidden: [100_000, 100_000] }],
  ] as ReadonlyArray<readonly [string, Partial<PpoConfig>]>)(
    'does not hold one update of too many %s',
    (_, choices) => {
      const told = estimate({ ...presets.cleanrl, ...choices }, environmentOf('cartpole'), {
        updates: 1,
      })
      expect(told.seconds > 600 || told.bytes > 2 * 1024 * 1024 * 1024).toBe(true)
    },
  )
})

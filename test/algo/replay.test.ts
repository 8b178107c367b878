import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { algorithm as a2c } from '../../src/algo/a2c/algorithm.ts'
import type { LayoutConfig } from '../../src/algo/agentLayout.ts'
import { engine } from '../../src/algo/engine.ts'
import { policyFor } from '../../src/algo/policy.ts'
import { algorithm as ppo } from '../../src/algo/ppo/algorithm.ts'
import { init, ratesAt, train, type PpoConfig } from '../../src/algo/ppo/index.ts'
import { trainer, type AlgorithmSpec } from '../../src/algo/trainer.ts'
import { algorithm as trpo } from '../../src/algo/trpo/algorithm.ts'
import { algorithm as vpg } from '../../src/algo/vpg/algorithm.ts'
import { presets } from '../../src/builtin/presets.ts'
import { buildAlone, buildDirect, type Build } from '../../src/engine/runtime.ts'
import {
  box,
  cartPole,
  discrete,
  multiDiscrete,
  timeLimit,
  tuple,
  vectorise,
  type DiscreteEnvironment,
  type Environment,
} from '../../src/env/index.ts'
import type { Backend } from '../../src/kernel/backend.ts'
import { backends } from '../../src/kernel/backends.ts'
import { js } from '../../src/kernel/js/js.ts'
import { key } from '../../src/random/index.ts'
import { expectSameBits } from '../law/purity.ts'
import { anySpace } from '../support/anySpace.ts'
import { a2cConfigs, ppoConfigs, trpoConfigs, vpgConfigs } from '../support/configs.ts'
import { chainOf, thrownBy } from '../support/hashes.ts'
import { small } from '../support/runs.ts'
import { closing, spaces, walk } from '../support/spaces.ts'
import { cases } from '../support/thorough.ts'
import { corridor, dice, pension } from '../support/worlds.ts'

/** A backend, and how programs of an agent are built on it. */
type Engine = readonly [
  name: string,
  backend: Backend,
  build: <T>(backend: Backend, build: Build<T>) => T,
]

const direct: Engine = ['direct', backends.js, (_, build) => buildDirect(js.f32, build)]
const replayed: readonly Engine[] = [
  ['js', backends.js, buildAlone],
  ['wasm', backends.wasm, buildAlone],
]

interface RunConfig extends LayoutConfig {
  readonly totalSteps: number
  readonly gamma: number
}

/** The parts of an algorithm whose programs are built so. */
const partsOf = <S, C extends RunConfig, O, R, M>(
  algorithm: AlgorithmSpec<C, O, R, M>,
  config: C,
  env: Environment<S>,
  [, backend, build]: Engine,
) => {
  const policy = policyFor(backend.machine, env, algorithm.checked(config))
  return {
    config,
    env: vectorise(env, config.envs, backend.dtype, config.actionBound),
    policy,
    optimizer: algorithm.optimizer(config, policy),
    ...engine(algorithm, config, env, policy, backend, build),
  }
}

/** Whole runs: metrics and state of each update, and what ended them. */
const trained =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>, config: C) =>
  (env: Environment<unknown>, seed: number, how: Engine): readonly unknown[] => {
    const { init, train } = trainer(algorithm)
    const told: unknown[] = []
    const end = thrownBy(() => {
      const parts = partsOf(algorithm, config, env, how)
      // What an earlier run has left behind must not matter: begin two.
      for (const start of [seed, seed + 1])
        for (const update of train(config, parts)(init(parts)(key(start)))) told.push(update)
      return 'the end'
    })
    return [...told, end]
  }

/** A run of any algorithm. */
interface Run {
  readonly of: ReturnType<typeof trained>
  /** what a counterexample is printed as */
  readonly [fc.toStringMethod]: () => string
}

const runs =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  (config: C): Run => ({
    of: trained(algorithm, config),
    [fc.toStringMethod]: () => `${algorithm.name} ${JSON.stringify(config)}`,
  })

const algorithms = [
  [ppo.name, ppoConfigs.map(runs(ppo)), cases(30, 200)],
  [vpg.name, vpgConfigs.map(runs(vpg)), cases(20, 60)],
  [a2c.name, a2cConfigs.map(runs(a2c)), cases(20, 60)],
  [trpo.name, trpoConfigs.map(runs(trpo)), cases(20, 60)],
] as ReadonlyArray<readonly [string, fc.Arbitrary<Run>, number]>

const masked = [
  spaces.discrete,
  spaces.multiDiscrete,
  multiDiscrete([2, 3], [1, -1]),
  spaces.product,
  tuple([spaces.discrete, spaces.box]),
].map((space) => walk(space, closing(space)) as Environment<unknown>)

const plain = Object.values(spaces).map((space) => walk(space) as Environment<unknown>)

const environments: fc.Arbitrary<Environment<unknown>> = fc.oneof(
  anySpace.map((space) => walk(space) as Environment<unknown>),
  fc.constantFrom(...plain),
  fc.constantFrom(...masked),
  fc.constantFrom(timeLimit(3)(pension) as Environment<unknown>, corridor as Environment<unknown>),
)

describe('replayed programs give the bits of direct evaluation', () => {
  for (const [name, config, numRuns] of algorithms)
    test.prop({ run: config, env: environments, seed: fc.nat() }, { numRuns })(
      `of two updates of ${name}`,
      ({ run, env, seed }) => {
        const expected = run.of(env, seed, direct)
        for (const how of replayed) expectSameBits(run.of(env, seed, how), expected)
      },
    )

  const chains = <S>(config: PpoConfig, env: Environment<S>) => {
    const [expected, ...chained] = [direct, ...replayed].map((how) =>
      chainOf(config, partsOf(ppo, config, env, how)),
    )
    expect(chained).toEqual([expected, expected])
    return expected!
  }

  test('down to a clip range and a learning rate of 0, which the last update has by progress', () => {
    for (const surrogate of ['clip', 'clipAlone', 'dualClip'] as const) {
      const config = {
        ...small,
        surrogate,
        clipSchedule: 'progress',
        learningRateSchedule: 'progress',
      } as const
      expect(ratesAt(config, 4, null)).toMatchObject({ clip: 0, learningRate: 0 })
      expect(chains(config, dice)).toHaveLength(6)
    }
  })

  test.each(['cleanrl', 'cartpole'] as const)('with the %s preset, of its size', (name) => {
    expect(
      chains({ ...presets[name], epochs: 1, totalSteps: 1024 }, cartPole).length,
    ).toBeGreaterThan(1)
  })
})

/** An environment with one thing wrong. */
const broken = (change: Partial<DiscreteEnvironment<number>>): DiscreteEnvironment<number> => ({
  name: 'broken',
  observationSpace: box(1, [-Infinity], [Infinity]),
  actionSpace: discrete(2),
  init: () => 0,
  observe: (age) => [age],
  step: () => (age) => [{ reward: 1, terminated: false, truncated: false }, age + 1],
  ...change,
})

const paying = (reward: (age: number) => number): Partial<DiscreteEnvironment<number>> => ({
  step: () => (age) => [{ reward: reward(age), terminated: false, truncated: false }, age + 1],
})

describe('replayed programs throw the errors of direct evaluation', () => {
  test.each([
    ['a NaN observed', { observe: (age) => [age === 7 ? NaN : 1] }],
    ['an observation too large for f32', { observe: (age) => [age === 7 ? 1e39 : 1] }],
    ['one number too many', { observe: (age) => (age === 5 ? [1, 2] : [1]) }],
    ['an infinite reward', paying((age) => (age === 9 ? Infinity : 1))],
    [
      'a NaN observed in the step of an infinite reward',
      {
        observe: (age) => [age === 9 ? NaN : 1],
        ...paying((age) => (age === 8 ? Infinity : 1)),
      },
    ],
    ['rewards whose values overflow', paying(() => 3e38)],
  ] as ReadonlyArray<readonly [string, Partial<DiscreteEnvironment<number>>]>)(
    '%s',
    (_, change) => {
      for (const observation of [false, true]) {
        const config = { ...small, normalise: { ...small.normalise, observation } }
        const messages = [direct, ...replayed].map((how) => {
          const parts = partsOf(ppo, config, broken(change), how)
          return thrownBy(() => [...train(config, parts)(init(parts)(key(1)))])
        })
        expect(messages[0]).toMatch(/^RangeError: update \d+: /)
        expect(messages).toEqual([messages[0], messages[0], messages[0]])
      }
    },
  )
})

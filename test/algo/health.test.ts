import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { algorithmNames, algorithms, type AnyMetrics } from '../../src/algo/algorithm.ts'
import {
  describeWarning,
  healthAfter,
  healthy,
  type HealthContext,
  type HealthWarning,
} from '../../src/algo/health/health.ts'
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { init, parts, train } from '../../src/algo/ppo/iterate.ts'
import { builtInOf, builtIns, type BuiltInName } from '../../src/builtin/index.ts'
import { presets, presetsOf } from '../../src/builtin/presets.ts'
import {
  box,
  cartPole,
  discrete,
  timeLimit,
  tuple,
  type Discrete,
  type Environment,
} from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { healthContext } from '../../src/run/health.ts'
import { of } from '../../src/tensor/index.ts'
import { expectPure } from '../law/purity.ts'
import { metricsOf } from '../support/metrics.ts'
import { small, smallOf } from '../support/runs.ts'

const context: HealthContext = { updates: 100, isNormalised: false, env: cartPole }

const repeated = (count: number, more: (update: number) => Partial<AnyMetrics>): AnyMetrics[] =>
  Array.from({ length: count }, (_, i) => ({ ...metricsOf(i + 1), ...more(i + 1) }))

const warningsOf = (
  metrics: readonly AnyMetrics[],
  changes: Partial<HealthContext> = {},
): readonly HealthWarning[] =>
  metrics.reduce((health, m) => healthAfter({ ...context, ...changes })(health, m), healthy)
    .warnings

const codes = (...given: Parameters<typeof warningsOf>): readonly string[] =>
  warningsOf(...given).map(({ code }) => code)

/** Episodes of a return and a length; 4 of them end in an update. */
const ended = (earned: number, length: number) => ({
  episodes: Array.from({ length: 4 }, (_, env) => ({ env, return: earned, length: length + env })),
})

const alike = (earned: number) => ({
  episodes: Array.from({ length: 4 }, (_, env) => ({ env, return: earned + env, length: 200 })),
})

describe('a run whose updates learn', () => {
  test('has no warnings', () => {
    expect(codes(repeated(100, (update) => ended(update, 10)))).toEqual([])
  })

  test('is judged by a pure function', () => {
    expectPure(healthAfter(context), healthy, metricsOf(1), of(['env', 'feature'], [1, 1], [99]))
  })

  test.prop([fc.integer({ min: 20, max: 88 })])(
    'is warned about once, after the update when it was first seen',
    (from) => {
      const metrics = repeated(100, (update) => ({ clipFraction: update > from ? 0.9 : 0 }))
      const found = warningsOf(metrics)
      expect(found.map(({ code }) => code)).toEqual(['high-clip-fraction'])
      // 12 · 0.9 is the first above 0.5 · 20.
      expect(found[0]!.update).toBe(from + 12)
    },
  )
})

describe('no-learning', () => {
  const still = { explainedVariance: 0.01, approxKl: 1e-6, ...ended(10, 10) }

  test('is found after 20 updates that explain nothing and move nothing', () => {
    expect(codes(repeated(19, () => still))).toEqual([])
    expect(codes(repeated(20, () => still))).toEqual(['no-learning'])
    expect(codes(repeated(20, () => ({ ...still, explainedVariance: NaN })))).toEqual([
      'no-learning',
    ])
  })

  test.each([
    ['explain variance', { explainedVariance: 0.3 }],
    ['are off by much', { explainedVariance: -0.3 }],
    ['move the policy', { approxKl: 1e-3 }],
  ])('is not where some updates %s', (_, other) => {
    const metrics = repeated(90, (update) => ({ ...still, ...(update % 20 === 7 ? other : {}) }))
    expect(codes(metrics)).toEqual([])
  })

  test('is not where returns have become better: nothing is left to learn', () => {
    expect(
      codes(
        repeated(90, (update) =>
          update < 40 ? ended(update, 10) : { ...still, ...ended(500, 10) },
        ),
      ),
    ).toEqual([])
  })

  test('reads the KL divergence that trpo measures', () => {
    const trpo = (kl: number) => repeated(20, () => ({ ...still, approxKl: 9, kl }))
    expect(codes(trpo(1e-6))).toEqual(['no-learning'])
    expect(codes(trpo(1e-3))).toEqual([])
  })
})

describe('saturated-policy', () => {
  const of = (entropy: number, env: HealthContext['env'], earned = 10) =>
    codes(
      repeated(60, () => ({ entropy, ...ended(earned, 10) })),
      { env },
    )

  test('is found where the entropy of choices is below 1 % of the largest', () => {
    expect(of(0.006, cartPole)).toEqual(['saturated-policy'])
    expect(of(0.008, cartPole)).toEqual([])
    // log 2 + log 8
    const pair = { actionSpace: tuple([discrete(2), discrete(8)]) }
    expect(of(0.02, pair)).toEqual(['saturated-policy'])
    expect(of(0.03, pair)).toEqual([])
  })

  test('is found where a continuous policy is much narrower or wider than its bounds', () => {
    // log 4 is 1.39 an action
    const env = { actionSpace: box(2, [-2, -2], [2, 2]) }
    expect(of(-7.3, env)).toEqual(['saturated-policy'])
    expect(of(-7.1, env)).toEqual([])
    expect(of(6.7, env)).toEqual([])
    expect(of(6.9, env)).toEqual(['saturated-policy'])
    expect(of(99, { actionSpace: box(1, [-Infinity], [Infinity]) })).toEqual([])
    expect(of(-99, { actionSpace: tuple([discrete(2), box(1, [0], [1])]) })).toEqual([])
  })

  test('is not where returns have become better, choices are masked or the space is not known', () => {
    expect(codes(repeated(60, (update) => ({ entropy: 0, ...ended(update, 10) })))).toEqual([])
    expect(of(0, { ...cartPole, actionMask: () => [true, false] })).toEqual([])
    expect(of(0, null)).toEqual([])
  })
})

describe('unscaled-observations', () => {
  const seen = (changes: Partial<HealthContext>, ...x: readonly number[]) =>
    healthAfter({ ...context, ...changes })(
      healthy,
      metricsOf(1),
      of(['env', 'feature'], [2, 2], x),
    ).warnings

  test('is found where the root mean square of a feature is above 30, and names the feature', () => {
    const [found, ...more] = seen({}, 0, 40, 1, -30)
    expect(more).toEqual([])
    expect(found).toMatchObject({ code: 'unscaled-observations', update: 1 })
    expect(found!.message).toBe('observations are not scaled: feature 1 is about 35 in size')
    expect(seen({}, 42, 0, 0, 1)).toEqual([])
  })

  test('is not where observations are normalised', () => {
    expect(seen({ isNormalised: true }, 0, 400, 1, 300)).toEqual([])
    expect(healthContext({ settings: presets.pendulum }, null).isNormalised).toBe(
      presets.pendulum.normalise.observation,
    )
  })
})

describe('all-truncated', () => {
  test('is found where half of the run has passed and no episode ended earlier', () => {
    const metrics = repeated(100, () => alike(-200))
    const [found, ...more] = warningsOf(metrics)
    expect(more).toEqual([])
    expect(found).toMatchObject({ code: 'all-truncated', update: 50 })
    expect(warningsOf(metrics, { updates: 180 })[0]!.update).toBe(90)
  })

  test('is not where one ended earlier, or returns have become better', () => {
    expect(codes(repeated(100, () => ended(-200, 200)))).toEqual([])
    expect(codes(repeated(100, (update) => alike(update)))).toEqual([])
  })
})

describe('a small run with bad settings', () => {
  const config: PpoConfig = { ...small, envs: 4, steps: 32, totalSteps: 4 * 32 * 45 }

  const warned = <S>(config: PpoConfig, env: Environment<S>): readonly string[] => {
    const made = parts(config, env)
    const next = healthAfter(healthContext({ settings: config }, env))
    let health = healthy
    for (const [metrics, state] of train(config, made)(init(made)(key(1))))
      health = next(health, metrics, state.envState.observation)
    for (const warning of health.warnings)
      expect(describeWarning(warning)).toMatch(/^after update \d+: .+: try /)
    return health.warnings.map(({ code }) => code)
  }

  const endless: Environment<number, Discrete<2>> = {
    name: 'endless',
    observationSpace: box(1, [-1], [1]),
    actionSpace: discrete(2),
    init: () => 0,
    step: () => (state) => [{ reward: -1, terminated: false, truncated: false }, state],
    observe: () => [0],
  }

  test('is warned about each of them', () => {
    expect(warned({ ...config, learningRate: 1e-12 }, cartPole)).toContain('no-learning')
    expect(warned({ ...config, clip: 1e-3, learningRate: 1e-2 }, cartPole)).toContain(
      'high-clip-fraction',
    )
    const large = { ...presets.cleanrl, envs: 4, steps: 32, hidden: [16], totalSteps: 128 * 30 }
    expect(warned({ ...large, learningRate: 0.5, epochs: 10 }, cartPole)).toContain(
      'saturated-policy',
    )
    const magnified: typeof cartPole = {
      ...cartPole,
      observationSpace: box(4, [-1e9, -1e9, -1e9, -1e9], [1e9, 1e9, 1e9, 1e9]),
      observe: (state) => Array.from(cartPole.observe(state), (x) => 1e4 * x),
    }
    expect(warned({ ...config, totalSteps: 4 * 32 }, magnified)).toEqual(['unscaled-observations'])
    expect(warned(config, timeLimit(10)(endless))).toContain('all-truncated')
  })
})

describe('a short run by a preset', () => {
  test.each(Object.keys(builtIns) as readonly BuiltInName[])('of %s has no warnings', (name) => {
    const { env } = builtInOf(name)
    const config: PpoConfig = {
      ...presets[name],
      envs: 2,
      steps: 32,
      minibatches: 2,
      totalSteps: 64 * 25,
    }
    const made = parts({ ...config, shards: 1, hidden: [8] }, env)
    const next = healthAfter(healthContext({ settings: config }, env))
    let health = healthy
    for (const [metrics, state] of train(made.config, made)(init(made)(key(1))))
      health = next(health, metrics, state.envState.observation)
    expect(health.warnings).toEqual([])
  })

  test.each(algorithmNames)('of %s has no warnings', (name) => {
    const sizes = { envs: 4, steps: 32, totalSteps: 128 * 50 }
    const settings = { ...smallOf[name], ...presetsOf[name].cartpole, ...sizes }
    const made = algorithms[name].parts(settings, cartPole)
    const next = healthAfter(healthContext({ settings }, cartPole))
    let health = healthy
    for (const [metrics, state] of algorithms[name].train(
      settings,
      made,
      algorithms[name].init(made, key(1)),
    ))
      health = next(health, metrics, state.envState.observation)
    expect(health.warnings).toEqual([])
  })
})

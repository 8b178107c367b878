import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  flattenTime,
  init,
  iterate,
  parts,
  presets,
  ratesAt,
  train,
  type Normaliser,
  type PpoConfig,
} from '../../../../src/ppo.ts'
import { isPlannable } from '../../../../src/algo/ppo/plan/plannable.ts'
import { subset } from '../../../../src/algo/samples.ts'
import {
  box,
  cartPole,
  pendulum,
  timeLimit,
  type DiscreteEnvironment,
  type Environment,
} from '../../../../src/env/index.ts'
import { js } from '../../../../src/kernel/js/js.ts'
import { key } from '../../../../src/random/index.ts'
import { toArray } from '../../../../src/tensor/index.ts'
import { expectSameBits } from '../../../law/purity.ts'
import { chainOf, thrownBy } from '../../../support/hashes.ts'
import { firstRates, small } from '../../../support/runs.ts'
import { bandit, corridor, darts, dice, pension } from '../../../support/worlds.ts'

/** As it is written, and the two engines that must not be told from it. */
const ways = [js.f32, 'js', 'wasm'] as const

const layers = fc.array(fc.integer({ min: 1, max: 19 }), { maxLength: 3 })

/** Three updates of all sorts of runs: odd sizes, layers of every number, all that a plan is made for. */
const configs: fc.Arbitrary<PpoConfig> = fc
  .record({
    envs: fc.integer({ min: 1, max: 5 }),
    steps: fc.integer({ min: 4, max: 13 }),
    minibatches: fc.constantFrom(1, 2),
    epochs: fc.integer({ min: 1, max: 3 }),
    shuffle: fc.constantFrom('epoch' as const, 'update' as const),
    shards: fc.integer({ min: 1, max: 3 }),
    hidden: layers,
    valueHidden: fc.option(layers),
    weights: fc.constantFrom('orthogonal' as const, 'fanIn' as const),
    truncation: fc.constantFrom('exact' as const, 'terminate', 'mask', 'current'),
    valueLambda: fc.constantFrom(null, 1, 0.5),
    surrogate: fc.constantFrom('clip' as const, 'clipAlone', 'dualClip', 'ratio'),
    clip: fc.constantFrom(0.01, 0.2),
    clipSchedule: fc.constantFrom('constant' as const, 'linear', 'progress'),
    dualClip: fc.constantFrom(1.01, 3),
    valueClip: fc.constantFrom(null, 0.01, 0.2),
    valueClipKind: fc.constantFrom('max' as const, 'alone'),
    huber: fc.constantFrom(null, 0.1, 2),
    maxGradNorm: fc.constantFrom(0.01, 100),
    gradClip: fc.constantFrom('global' as const, 'none'),
    learningRate: fc.constantFrom(1e-3, 0.05),
    learningRateSchedule: fc.constantFrom('constant' as const, 'linear', 'progress'),
    epsilonPlacement: fc.constantFrom('corrected' as const, 'uncorrected'),
    normalise: fc.constantFrom('minibatch' as const, 'batch', 'none'),
    ddof: fc.constantFrom(0 as const, 1 as const),
    epsilonKind: fc.constantFrom('add' as const, 'max'),
    whitened: fc.record({
      observation: fc.boolean(),
      reward: fc.boolean(),
      clip: fc.constantFrom(0.5, 10),
      epsilon: fc.constantFrom(1e-8, 0.1),
    }),
    logStd: fc.record({
      kind: fc.constantFrom('free' as const, 'state'),
      init: fc.constantFrom(-1, 0, 0.5),
    }),
    actionBound: fc.constantFrom('clip' as const, 'none'),
  })
  .map(
    ({
      normalise,
      ddof,
      epsilonKind,
      epsilonPlacement,
      whitened,
      envs,
      steps,
      ...rest
    }): PpoConfig => ({
      ...small,
      ...rest,
      envs,
      steps: rest.minibatches * steps,
      totalSteps: 3 * envs * rest.minibatches * steps,
      advantage: { ...small.advantage, normalise, ddof, epsilonKind },
      adam: { ...small.adam, epsilonPlacement },
      normalise: whitened,
    }),
  )

const worlds = [
  timeLimit(3)(pension),
  corridor,
  bandit,
  cartPole,
  dice,
  darts,
  timeLimit(5)(pendulum),
] as ReadonlyArray<Environment<unknown>>

describe('the engine has the bits of the functions as they are written', () => {
  test.prop(
    { config: configs, world: fc.constantFrom(...worlds), seed: fc.nat() },
    { numRuns: 200 },
  )('in every update of every run', ({ config, world, seed }) => {
    expect(isPlannable(config, world)).toBe(true)
    const [written, ...engines] = ways.map((how) => {
      const all = parts(config, world, how)
      const start = init(all)(key(seed))
      return thrownBy(() => [...train(config, all)(start)])
    })
    for (const engine of engines) expectSameBits(engine, written)
  })

  test('down to a clip range and a learning rate of 0, which the last update has by progress', () => {
    for (const surrogate of ['clip', 'clipAlone', 'dualClip'] as const) {
      const config = {
        ...small,
        surrogate,
        clipSchedule: 'progress',
        learningRateSchedule: 'progress',
      } as const
      expect(ratesAt(config, 4, null)).toMatchObject({ clip: 0, learningRate: 0 })
      const [written, ...engines] = ways.map((how) => chainOf(config, parts(config, dice, how)))
      expect(written).toHaveLength(6)
      expect(engines).toEqual([written, written])
    }
  })

  test.each(['cleanrl', 'cartpole'] as const)('with the %s preset', (name) => {
    const config = { ...presets[name], totalSteps: 2048 }
    const [written, ...engines] = ways.map((how) => chainOf(config, parts(config, cartPole, how)))
    expect(engines).toEqual([written, written])
  })

  test('a batch, a world or parameters of another size are errors that say so', () => {
    for (const how of ['js', 'wasm'] as const) {
      const [all, other] = [parts(small, dice, how), parts({ ...small, envs: 2 }, dice, how)]
      const narrow = parts({ ...small, hidden: [3] }, dice, how)
      const [state, fewer] = [init(all)(key(1)), init(other)(key(1))]
      const { params } = state.learner
      const [{ trajectory }] = all.rollout(params, key(2))(state.world)
      const batch = flattenTime(trajectory, trajectory.value, trajectory.value)
      const half = subset(
        batch,
        Int32Array.from({ length: 24 }, (_, i) => i),
      )
      expect(() => all.rollout(params, key(2))(fewer.world)).toThrow(
        'world: expected [env=3], got [env=2]',
      )
      const rates = firstRates(small)
      expect(() => all.update(half, key(2), rates)(state.learner)).toThrow(
        'observation: expected [sample=48, feature=2], got [sample=24, feature=2]',
      )
      expect(() => all.update(batch, key(2), rates)(init(narrow)(key(1)).learner)).toThrow(
        /^params: expected \[param=\d+\], got \[param=\d+\]$/,
      )
    }
  })

  describe('whitening what the policy sees', () => {
    const seeing: PpoConfig = {
      ...small,
      shards: 2,
      normalise: { observation: true, reward: true, clip: 0.5, epsilon: 1e-6 },
    }
    const limited = timeLimit(5)(pendulum) as Environment<unknown>
    /** What an engine, too, has of a rollout. */
    const rolled = (how: (typeof ways)[number], world: Environment<unknown>) => {
      const all = parts(seeing, world, how)
      const start = init(all)(key(5))
      const [, after] = iterate(seeing, all)(start)
      const by = (normaliser: Normaliser | null) => {
        const [{ trajectory, episodes, kept }, next] = all.rollout(
          after.learner.params,
          key(6),
          normaliser,
        )(after.world)
        const { reward, nextValue, ...rest } = trajectory
        return {
          trajectory: { ...rest, reward, nextValue },
          episodes,
          shown: kept!.shown,
          observation: next.observation,
        }
      }
      const { normaliser } = after.learner
      const rest = { observation: null, reward: normaliser!.reward }
      return [start.learner.normaliser, normaliser, null, rest].map(by)
    }

    test.each([cartPole, dice, darts, limited] as ReadonlyArray<Environment<unknown>>)(
      'by statistics of nothing, by some and then by none: $name',
      (world) => {
        const [written, ...engines] = ways.map((how) => rolled(how, world))
        for (const engine of engines) expectSameBits(engine, written)
        const [blank, known, none, rest] = written!
        for (const { trajectory, shown } of [none!, rest!])
          expectSameBits(trajectory.observation, shown)
        for (const { trajectory } of [blank!, known!])
          expect(Math.max(...toArray(trajectory.observation))).toBe(0.5)
        // What the world shows next is as it is, beyond the clip.
        expect(Math.max(...toArray(known!.observation).map(Math.abs))).toBeGreaterThan(0.5)
      },
    )

    test('what was shown is kept where the config whitens it, and nothing else is', () => {
      for (const how of ['js', 'wasm'] as const)
        for (const observation of [true, false]) {
          const config = { ...small, normalise: { ...small.normalise, observation } }
          const all = parts(config, dice, how)
          const { learner, world } = init(all)(key(1))
          const [{ kept }] = all.rollout(learner.params, key(2), learner.normaliser)(world)
          expect(Object.keys(kept ?? {})).toEqual(observation ? ['shown'] : [])
        }
    })

    test('statistics of another number of features, or not asked for, are errors that say so', () => {
      for (const how of ['js', 'wasm'] as const) {
        const all = parts(seeing, dice, how)
        const { learner, world } = init(all)(key(1))
        const other = init(parts(seeing, cartPole, how))(key(1)).learner.normaliser
        expect(() => all.rollout(learner.params, key(2), other)(world)).toThrow(
          'normaliser: expected [feature=2], got [feature=4]',
        )
        const bare = parts(small, dice, how)
        expect(() => bare.rollout(learner.params, key(2), other)(world)).toThrow(
          'normaliser: expected [feature=0], got [feature=4]',
        )
      }
    })
  })

  const broken = (change: Partial<DiscreteEnvironment<number>>): DiscreteEnvironment<number> => ({
    name: pension.name,
    observationSpace: box(1, [-Infinity], [Infinity]),
    actionSpace: pension.actionSpace,
    init: () => 0,
    observe: (age) => [age],
    step: () => (age) => [{ reward: 1, terminated: false, truncated: false }, age + 1],
    ...change,
  })
  test.each([
    ['a NaN observed', { observe: (age: number) => [age === 7 ? NaN : 1] }],
    ['an observation too large for f32', { observe: (age: number) => [age === 7 ? 1e39 : 1] }],
    ['one number too many', { observe: (age: number) => (age === 5 ? [1, 2] : [1]) }],
    [
      'an infinite reward',
      {
        step: () => (age: number) =>
          [
            { reward: age === 9 ? Infinity : 1, terminated: false, truncated: false },
            age + 1,
          ] as const,
      },
    ],
    [
      'a NaN observed in the step of an infinite reward',
      {
        observe: (age: number) => [age === 9 ? NaN : 1],
        step: () => (age: number) =>
          [
            { reward: age === 8 ? Infinity : 1, terminated: false, truncated: false },
            age + 1,
          ] as const,
      },
    ],
    [
      'rewards whose values overflow',
      {
        step: () => (age: number) =>
          [{ reward: 3e38, terminated: false, truncated: false }, age + 1] as const,
      },
    ],
  ] as ReadonlyArray<readonly [string, Partial<DiscreteEnvironment<number>>]>)(
    'in its errors, too: %s',
    (_, change) => {
      for (const observation of [false, true]) {
        const config = { ...small, normalise: { ...small.normalise, observation } }
        const messages = ways.map((how) => {
          const all = parts(config, broken(change), how)
          return thrownBy(() => [...train(config, all)(init(all)(key(1)))])
        })
        expect(messages[0]).toMatch(/^RangeError: update \d+: /)
        expect(messages).toEqual([messages[0], messages[0], messages[0]])
      }
    },
  )
})

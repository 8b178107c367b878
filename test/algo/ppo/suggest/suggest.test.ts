import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import * as env from '../../../../src/env/index.ts'
import { environments } from '../../../../src/env/environments.ts'
import * as ppo from '../../../../src/ppo.ts'
import { key } from '../../../../src/random/index.ts'
import { anySpace } from '../../../support/anySpace.ts'
import { autoscaler } from '../../../support/autoscaler.ts'
import { lander } from '../../../support/lander.ts'

/** Ends after three steps that pay `reward`, and shows `shown`. */
const three = (
  actionSpace: env.Space,
  { reward = 1, shown = [0.5] }: { reward?: number; shown?: readonly number[] } = {},
): env.Environment<number> => ({
  name: 'three',
  observationSpace: env.box(shown.length, -Infinity, Infinity),
  actionSpace,
  init: () => 0,
  step: () => (age) => [{ reward, terminated: age === 2, truncated: false }, age + 1],
  observe: (age) => shown.map((x) => x * (age + 1)),
})

const configOf = <S, A extends env.Space>(environment: env.Environment<S, A>): ppo.PpoConfig =>
  ppo.suggest(environment).config

const choice = env.discrete(2)

describe('a suggestion', () => {
  test.prop([anySpace, fc.double({ noNaN: true, min: -1e6, max: 1e6 })], { numRuns: 5 })(
    'is a config that can be, and has parts, for any space of actions',
    (actionSpace, reward) => {
      const environment = three(actionSpace, { reward })
      const { config, reasons } = ppo.suggest(environment)
      expect(ppo.decodeConfig(config)).toEqual(E.right(config))
      expect(() => ppo.parts(config, environment, 'js')).not.toThrow()
      expect(reasons.every((reason) => /^[^\n]+$/.test(reason))).toBe(true)
    },
  )

  test.prop([fc.constantFrom(...Object.values(environments))], { numRuns: 4 })(
    'follows from environment and key',
    (environment) => {
      const of = () => ppo.suggest(environment as unknown as env.Environment<unknown>, key(5))
      expect(of()).toEqual(of())
    },
  )

  test('has an entropy bonus for choices only', () => {
    expect(configOf(three(choice)).entropyCoef).toBe(0.01)
    expect(configOf(three(env.box(1, -1, 1))).entropyCoef).toBe(0)
    const both = env.product({ stick: env.box(1, -1, 1), fire: choice })
    expect(configOf(three(both)).entropyCoef).toBe(0.01)
  })

  test.each([
    ['of a size near 1', env.box(2, [-1, -2], [1, 2]), 'clip'],
    ['large', env.box(1, 0, 1000), 'squash'],
    ['on one side of 0', env.box(1, 0, 1), 'squash'],
    ['small', env.box(1, -0.01, 0.01), 'squash'],
    ['large in a part', env.tuple([choice, env.box(1, -90, 90)]), 'squash'],
    ['infinite', env.box(2, [-1, 0], [1, Infinity]), 'clip'],
  ])('bounds actions that are %s', (_, space, actionBound) => {
    expect(configOf(three(space)).actionBound).toBe(actionBound)
  })

  test.each([
    ['thousands', 5000, true],
    ['thousandths', 0.001, true],
    ['near 1', 1, false],
    ['always 0', 0, false],
  ])('scales rewards that are %s', (_, reward, isScaled) => {
    expect(configOf(three(choice, { reward })).normalise.reward).toBe(isScaled)
  })

  test.each([
    ['large', [0.5, 2000], true],
    ['small', [0.5, 0.001], true],
    ['of a size near 1', [0.5, -2], false],
    ['always 0', [0, 0.5], false],
  ])('whitens observations with an entry that is %s', (_, shown, isWhitened) => {
    expect(configOf(three(choice, { shown })).normalise.observation).toBe(isWhitened)
  })

  test('leaves one-hot observations and images of 0 and 1 as they are', () => {
    expect(configOf(env.frozenLake).normalise.observation).toBe(false)
  })

  test('looks far where each reward was the same and only the time limit ended episodes', () => {
    expect(configOf(env.mountainCar)).toMatchObject({ gamma: 0.999, lambda: 0.98 })
    expect(configOf(env.cartPole)).toMatchObject({ gamma: 0.99, lambda: 0.95 })
    expect(configOf(env.pendulum)).toMatchObject({ gamma: 0.99, lambda: 0.95 })
  })

  test('looks further in long episodes', () => {
    expect(configOf(env.mountainCarContinuous)).toMatchObject({ gamma: 0.998, lambda: 0.95 })
  })

  test('has wide noise and scaled rewards where random actions gained nothing', () => {
    const wide = configOf(env.mountainCarContinuous)
    expect([wide.logStd.init, wide.normalise.reward]).toEqual([1, true])
    const plain = configOf(lander)
    expect(plain.logStd.init).toBe(0)
  })

  test('trains for longer where episodes are longer, within bounds', () => {
    expect(configOf(env.cartPole).totalSteps).toBe(300_000)
    expect(configOf(env.mountainCarContinuous).totalSteps).toBe(500_000)
    expect(configOf(env.timeLimit(5000)(env.untimedPendulum)).totalSteps).toBe(1_000_000)
  })

  test('opens no more environments than there can be', () => {
    const few = configOf({ ...three(choice), capacity: 5 })
    expect([few.envs, few.steps]).toEqual([4, 512])
    expect(configOf(three(choice)).envs).toBe(16)
  })

  test('has a wide first layer for long observations', () => {
    expect(configOf(three(choice, { shown: Array.from({ length: 200 }, () => 1) })).hidden).toEqual(
      [256, 64],
    )
  })

  test('says why, line by line', () => {
    expect(ppo.suggest(autoscaler).reasons).toEqual([
      'actions are choices: an entropy bonus keeps the policy exploring (entropyCoef: 0.01)',
      'episodes of random actions take about 288 steps: 300000 steps in total, 128 in each of 16 environments per update',
      expect.stringMatching(
        /^rewards are -\d+ … -\d+, discounted returns have magnitudes near \d+: rewards are divided by the deviation of returns \(normalise\.reward: true\)$/,
      ),
      expect.stringMatching(
        /^observations differ in scale, entry 0 reaches \d+ in magnitude: they are whitened \(normalise\.observation: true\)$/,
      ),
    ])
    expect(ppo.suggest(lander).reasons[0]).toBe(
      'actions are numbers with magnitudes near 1: they are clipped at their bounds',
    )
  })

  test('is refused for observations that are not a box, as parts are', () => {
    const shown = { ...three(choice), observationSpace: env.discrete(3), observe: () => 0 }
    expect(() => ppo.suggest(shown as unknown as env.Environment<number>)).toThrow(
      'observationSpace: expected a box, got "discrete": wrap three with env.flattenObservation',
    )
  })
})

test.each([
  ['lander', lander as unknown as env.Environment<unknown>],
  ['autoscaler', autoscaler as unknown as env.Environment<unknown>],
])('the environment %s keeps the laws of an environment', (_, environment) => {
  expect(env.checkEnv(environment, { episodes: 1, steps: 50 })).toMatchObject({ ok: true })
})

import { describe, expect, test } from 'vitest'
import { key } from '../../src/random/key.ts'
import { iterateLanguage, type LanguageMetrics } from '../../src/rlhf/iterateLanguage.ts'
import {
  fromLanguageModel,
  languagePpo,
  languagePpoConfig,
  type LanguagePpoConfig,
} from '../../src/rlhf/languageAgent.ts'
import { languageEnvironment } from '../../src/rlhf/languageEnvironment.ts'
import { languageModel } from '../../src/rlhf/languageModel.ts'
import { whitenRewardsConfig } from '../../src/rlhf/maskedWhiten.ts'
import type { Score } from '../../src/rlhf/score.ts'
import { standardMetrics } from '../../src/rlhf/standardMetrics.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { toArray } from '../../src/tensor/tensor.ts'
import { expectClose } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const model = languageModel(abc, { window: 2, embedding: 3, hidden: [8] })
const rho = model.init(key(1))
const score: Score = (tokens) => tokens.length
const environment = languageEnvironment(abc, { window: 2, longest: 4 }, score)
const base: LanguagePpoConfig = {
  ...languagePpoConfig(model, 3),
  envs: 8,
  steps: 8,
  totalSteps: 192,
  learningRate: 0.02,
}

const run = (
  config: LanguagePpoConfig,
  updates: number,
  shaping: { readonly whitenRewards?: typeof whitenRewardsConfig } = {},
) => {
  const parts = languagePpo.parts(config, environment)
  const next = iterateLanguage({ beta: 0.2, adaptive: null, ...shaping }, parts, model, rho)
  let state = {
    run: fromLanguageModel(config, languagePpo.init(parts)(key(5)), rho),
    beta: 0.2,
  }
  const all: LanguageMetrics[] = []
  for (let update = 0; update < updates; update++) {
    const [metrics, after] = next(state)
    all.push(metrics)
    state = after
  }
  return { all, params: state.run.learner.params }
}

describe('the metrics of an update over tokens', () => {
  test('measure no ratio but 1 in a single step, and others once the policy has moved', () => {
    const [first] = run({ ...base, epochs: 1, minibatches: 1 }, 1).all
    expectClose(first!.ratio, 1, 1e-6, 0)
    expectClose(first!.ratioVariance, 0, 0, 1e-6)
    const { all } = run({ ...base, valueClip: 0.01, valueLearningRate: 0.05 }, 3)
    for (const { ratio, ratioVariance, valueClipFraction } of all) {
      expect(ratio).not.toBe(1)
      expect(ratioVariance).toBeGreaterThan(0)
      expect(valueClipFraction).toBeGreaterThan(0)
    }
    expect(run(base, 1).all[0]!.valueClipFraction).toBe(0)
  })

  test('have the names that people know', () => {
    const metrics = run(base, 2).all.at(-1)!
    const named = standardMetrics(metrics)
    expectClose(
      named['objective/scores'] + named['objective/non_score_reward'],
      named['objective/rlhf_reward'],
      1e-12,
      0,
    )
    expectClose(named['objective/entropy'] / named['policy/entropy_avg'], metrics.length, 1e-12, 0)
    expect(named).toMatchObject({
      'objective/kl': metrics.kl,
      'objective/kl_coef': 0.2,
      'policy/approxkl_avg': metrics.approxKl,
      'policy/clipfrac_avg': metrics.clipFraction,
      'val/ratio': metrics.ratio,
    })
    expect(Object.values(named).every(Number.isFinite)).toBe(true)
  })
})

test.each([{}, { referenceKl: 'k3' }] as const)(
  'β follows the KL to its target, in the reward or in the loss: %j',
  (place) => {
    const config = { ...base, ...place, learningRate: 0.05 }
    const parts = languagePpo.parts(config, environment)
    const adaptive = { target: 1e-3, gain: 1 }
    const next = iterateLanguage({ beta: 0.2, adaptive }, parts, model, rho)
    const run = fromLanguageModel(config, languagePpo.init(parts)(key(5)), rho)
    // The policy that acts first is ρ itself: its KL of 0 makes β smaller, and the next one's greater.
    const [first, second] = next({ run, beta: 0.2 })
    const [later, third] = next(second)
    expect([first.kl, first.beta]).toStrictEqual([0, 0.2])
    expectClose([second.beta, later.beta], [0.16, 0.16], 1e-12, 0)
    expectClose(third.beta, 0.16 * 1.2, 1e-12, 0)
  },
)

describe('shaping', () => {
  test('whitens rewards: scores in other units then teach the same', () => {
    const louder = languageEnvironment(
      abc,
      { window: 2, longest: 4 },
      (tokens) => 64 * score(tokens),
    )
    const learned = [environment, louder].map((env) => {
      const parts = languagePpo.parts(base, env)
      // Without ε, and by a power of two, whitening is exact.
      const whitenRewards = { ...whitenRewardsConfig, shiftMean: true, epsilon: 0 }
      const shaped = { beta: 0, adaptive: null, whitenRewards }
      const start = fromLanguageModel(base, languagePpo.init(parts)(key(5)), rho)
      const [, { run }] = iterateLanguage(shaped, parts, model, rho)({ run: start, beta: 0 })
      return toArray(run.learner.params.flat)
    })
    expect(learned[1]).toStrictEqual(learned[0])
    const { all } = run(base, 1, { whitenRewards: whitenRewardsConfig })
    expect(all[0]!.valueLoss).not.toBe(run(base, 1).all[0]!.valueLoss)
  })

  test('limits scores before it takes off the cost of a missing EOS', () => {
    const env = languageEnvironment(
      abc,
      { window: 2, longest: 2, missingEos: 5, scoreClip: 1.5 },
      ([first]) => (first === 0 ? 9 : -9),
    )
    const rewardOf = (token: number, state: readonly number[]) =>
      env.step(token, key(1))(state)[0].reward
    expect(rewardOf(0, [0])).toBe(1.5 - 5)
    expect(rewardOf(3, [0])).toBe(1.5)
    expect(rewardOf(3, [1])).toBe(-1.5)
  })

  test.each([
    [{ missingEos: -1 }, 'missingEos: expected a number >= 0, got -1'],
    [{ missingEos: NaN }, 'missingEos: expected a number >= 0, got NaN'],
    [{ scoreClip: 0 }, 'scoreClip: expected a number > 0, got 0'],
  ])('refuses %j', (wrong, problem) => {
    expect(() => languageEnvironment(abc, { window: 2, longest: 2, ...wrong }, score)).toThrow(
      problem,
    )
  })

  test.each([
    ['NaN', () => NaN, 'reward[env=0]: expected a finite number, got NaN'],
    ['∞', () => Infinity, 'reward[env=0]: expected a finite number, got Infinity'],
    [
      'an error',
      () => {
        throw new Error('no model')
      },
      'step[env=0]: expected the environment to return, it threw Error: no model',
    ],
  ])('names the row of a score that is %s', (_, bad, problem) => {
    const env = languageEnvironment(abc, { window: 2, longest: 1, scoreClip: 2 }, bad)
    const parts = languagePpo.parts(base, env)
    const start = fromLanguageModel(base, languagePpo.init(parts)(key(5)), rho)
    const next = iterateLanguage({ beta: 0, adaptive: null }, parts, model, rho)
    expect(() => next({ run: start, beta: 0 })).toThrow(`update 1: language: step 0: ${problem}`)
  })
})

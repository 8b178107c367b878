import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { checkEnv } from '../../src/env/index.ts'
import { key } from '../../src/random/key.ts'
import type { Sequence } from '../../src/rlhf/encode.ts'
import {
  iterateLanguage,
  nextBeta,
  type KlRewardConfig,
  type LanguageState,
} from '../../src/rlhf/iterateLanguage.ts'
import {
  atTemperature,
  fromLanguageModel,
  languagePpo,
  languagePpoConfig,
  toLanguageModel,
  withoutValue,
  type LanguageParts,
} from '../../src/rlhf/languageAgent.ts'
import { languageEnvironment } from '../../src/rlhf/languageEnvironment.ts'
import { languageModel, type LanguageParams } from '../../src/rlhf/languageModel.ts'
import { fromReference } from '../../src/rlhf/reference.ts'
import { rewardModel } from '../../src/rlhf/rewardModel.ts'
import type { Score } from '../../src/rlhf/score.ts'
import { sequenceLogProbs } from '../../src/rlhf/sequenceLogProbs.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { data, toArray, type Floats } from '../../src/tensor/tensor.ts'
import { expectClose } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'
import { builtUrl } from '../support/built.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const model = languageModel(abc, { window: 2, embedding: 3, hidden: [8] })
/** A language model that is no uniform guess. */
const rho: LanguageParams = (() => {
  const { flat, tree } = model.init(key(1))
  return withFlat(
    tree,
    Float32Array.from(toArray(flat), (x, i) => x + 0.4 * Math.sin(3 * i)),
  )
})()
const countA: Score = (tokens) => tokens.filter((token) => token === 0).length
const environment = languageEnvironment(abc, { window: 2, longest: 4 }, countA)
const config = { ...languagePpoConfig(model, 3), envs: 8, steps: 6, totalSteps: 3 * 48 }
const fixed = (beta: number): KlRewardConfig => ({ beta, adaptive: null })

const begin = (parts: LanguageParts, policy: LanguageParams, beta: number): LanguageState => ({
  run: fromLanguageModel(parts.config, languagePpo.init(parts)(key(5)), policy),
  beta,
})

describe('writing as an environment', () => {
  test('keeps the laws of an environment', () => {
    const laws = checkEnv(environment).laws.filter(({ kind, ok }) => kind === 'law' && ok === false)
    expect(laws).toStrictEqual([])
  })

  test.prop({ tokens: fc.array(fc.nat(2), { maxLength: 3 }) })(
    'shows the last tokens, and scores the response when EOS ends it',
    ({ tokens }) => {
      let state: Sequence = environment.init(key(1))
      for (const token of tokens) {
        const [outcome, next] = environment.step(token, key(1))(state)
        expect(outcome).toStrictEqual({ reward: 0, terminated: false, truncated: false })
        state = next
      }
      const [eos, bos, pad] = [3, 4, 5]
      expect(environment.observe(state)).toStrictEqual([pad, bos, ...tokens].slice(-2))
      const [outcome] = environment.step(eos, key(1))(state)
      expect(outcome).toStrictEqual({ reward: countA(tokens), terminated: true, truncated: false })
    },
  )

  test('ends at the greatest length, at a cost', () => {
    const env = languageEnvironment(abc, { window: 2, longest: 2, missingEos: 5 }, countA)
    const [, one] = env.step(0, key(1))([])
    expect(env.step(0, key(1))(one)).toStrictEqual([
      { reward: 2 - 5, terminated: true, truncated: false },
      [0, 0],
    ])
  })

  test('says which step a score failed in that is not a number', () => {
    const bad = languageEnvironment(abc, { window: 2, longest: 4 }, () => NaN)
    const parts = languagePpo.parts(config, bad)
    const next = iterateLanguage(fixed(1), parts, model, rho)
    expect(() => next(begin(parts, rho, 1))).toThrow(/update 1: language: step \d+: reward/)
  })
})

describe('a policy from a language model', () => {
  const parts = languagePpo.parts(config, environment)

  test('has its probabilities and V = 0, and becomes one again', () => {
    const { run } = begin(parts, rho, 1)
    const [{ trajectory }] = parts.rollout(run.learner.params, key(2))(run.envState)
    expect(toArray(trajectory.value).every((v) => v === 0)).toBe(true)
    const { logProb, kl } = fromReference(
      model,
      rho,
      parts.policy,
      48,
    )(run.learner.params, trajectory)
    expect(Array.from(logProb)).toStrictEqual(toArray(trajectory.logProb))
    expect(Math.max(...Array.from(kl))).toBe(0)
    expect(data(toLanguageModel(run.learner.params).flat)).toStrictEqual(data(rho.flat))
  })

  test('shares no trunk with V', () => {
    const shared = { ...config, trunk: 'shared', valueLearningRate: null } as const
    expect(() => languagePpo.parts(shared, environment)).toThrow(
      'trunk: expected separate when observations are tokens, got shared',
    )
  })

  test('may take V from a reward model of its sizes, and from no other', () => {
    const state = languagePpo.init(parts)(key(5))
    const same = rewardModel(abc, { ...model.config, scalar: 'sum' })
    const values = same.init(key(3))
    const { learner } = fromLanguageModel(config, state, rho, values)
    expect(toArray(learner.params.flat).slice(-values.flat.shape[0])).toStrictEqual(
      toArray(values.flat),
    )
    const wider = rewardModel(abc, { ...model.config, window: 3, scalar: 'sum' }).init(key(3))
    expect(() => fromLanguageModel(config, state, rho, wider)).toThrow(
      /value: expected \d+ parameters, got \d+/,
    )
  })

  test('at a temperature divides its logits', () => {
    const given = [[0, 1], [], [2, 2, 1]]
    expectClose(
      sequenceLogProbs(model)(atTemperature(model, 0.7)(rho), given).flat(),
      sequenceLogProbs(model, 0.7)(rho, given).flat(),
      1e-5,
      1e-6,
    )
    expect(() => atTemperature(model, 0)(rho)).toThrow('temperature: expected a number > 0, got 0')
  })
})

describe('an iteration over tokens', () => {
  // r − 1 − log r >= x²/2 − |x|³/6 at x = log r, so the sum over a minibatch bounds its greatest |x|. In an
  // update of a single minibatch, approxKl is the mean over the first one.
  test.each([
    ['the KL in the reward', {}, {}],
    ['the KL in the loss', { referenceKl: 'exact' }, {}],
    ['RLOO', withoutValue(config, 6), { estimator: { kind: 'rloo', size: 4, longest: 4 } }],
  ] as const)('starts every iteration from the policy that acted: %s', (_, own, how) => {
    const single = { ...config, learningRate: 0.02, ...own, epochs: 1, minibatches: 1 }
    const parts = languagePpo.parts(single, environment)
    const next = iterateLanguage({ ...fixed(0.1), ...how }, parts, model, rho)
    let state = begin(parts, rho, 0.1)
    for (let update = 0; update < 5; update++) {
      const [metrics, after] = next(state)
      expect(metrics.approxKl * single.envs * single.steps).toBeLessThanOrEqual(0.49e-12)
      expect(metrics.clipFraction).toBe(0)
      expect(data(after.run.learner.params.flat)).not.toStrictEqual(
        data(state.run.learner.params.flat),
      )
      state = after
    }
  })

  test('measures the KL from the reference: 0 at first, and more when it has learned', () => {
    const parts = languagePpo.parts({ ...config, learningRate: 0.02 }, environment)
    const next = iterateLanguage(fixed(0), parts, model, rho)
    const [first, second] = next(begin(parts, rho, 0))
    expect(first.kl).toBe(0)
    expect(first.beta).toBe(0)
    const [later] = next(second)
    expect(later.kl).toBeGreaterThan(0)
    expect(later.rlhfReward).toBe(later.score)
  })

  test('goes back to the reference where nothing is scored', () => {
    const silent = languageEnvironment(abc, { window: 2, longest: 4 }, () => 0)
    const parts = languagePpo.parts(
      { ...config, envs: 64, steps: 8, totalSteps: 40 * 512, learningRate: 5e-3 },
      silent,
    )
    const next = iterateLanguage(fixed(1), parts, model, rho)
    let state = begin(parts, model.init(key(9)), 1)
    const kls: number[] = []
    for (let update = 0; update < 40; update++) {
      const [{ kl }, after] = next(state)
      kls.push(kl)
      state = after
    }
    expect(kls.at(-1)!).toBeLessThan(0.3 * kls[0]!)
  })

  test.each([
    [{ beta: -1, adaptive: null }, 'beta: expected a number >= 0, got -1'],
    [
      { beta: 1, adaptive: { target: 0, gain: 1 } },
      'adaptive.target: expected a number > 0, got 0',
    ],
    [{ beta: 1, adaptive: { target: 4, gain: 0 } }, 'adaptive.gain: expected a number > 0, got 0'],
  ])('refuses %j', (kl, problem) => {
    const parts = languagePpo.parts(config, environment)
    expect(() => iterateLanguage(kl, parts, model, rho)).toThrow(problem)
  })

  test.each([
    ['in the reward', {}],
    ['in the loss, estimated', { referenceKl: 'k3' }],
    ['in the loss, exact', { referenceKl: 'exact' }],
  ] as const)('gives the same bits on js, wasm and two threads: the KL %s', async (_, place) => {
    const own = { ...config, ...place }
    const worker = new URL(builtUrl('algo/thread/worker.js'))
    const threads = await languagePpo.threadedParts(own, environment, { threads: 2, worker })
    expect(threads.threads).toBe(2)
    const [a, b, c] = [
      languagePpo.parts(own, environment, 'js'),
      languagePpo.parts(own, environment, 'wasm'),
      threads,
    ].map((parts) => {
      const next = iterateLanguage(fixed(0.2), parts, model, rho, 'js')
      let state = begin(parts, rho, 0.2)
      for (let update = 0; update < 3; update++) state = next(state)[1]
      return data(state.run.learner.params.flat) as Floats
    })
    await threads.stop()
    expect(b).toStrictEqual(a)
    expect(c).toStrictEqual(a)
  })
})

test.prop({
  beta: fc.double({ min: 1e-3, max: 10, noNaN: true }),
  kl: fc.double({ min: 0, max: 100, noNaN: true }),
})('the controller moves β towards its target, by 20 % of the gain at most', ({ beta, kl }) => {
  const adaptive: KlRewardConfig = { ...fixed(beta), adaptive: { target: 4, gain: 0.3 } }
  const next = nextBeta(adaptive, beta, kl)
  expect(Math.sign(next - beta)).toBe(Math.sign(kl - 4))
  expect(Math.abs(next / beta - 1)).toBeLessThanOrEqual(0.06 + 1e-12)
  expect(nextBeta(adaptive, beta, 4 * 1.1)).toBeCloseTo(beta * 1.03, 10)
  expect(nextBeta(fixed(beta), beta, kl)).toBe(beta)
  expect(nextBeta(adaptive, beta, NaN)).toBe(beta)
})

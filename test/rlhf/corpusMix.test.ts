import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { lossGrad } from '../../src/algo/lossGrad.ts'
import { policyFor } from '../../src/algo/policy.ts'
import { tokenNetwork } from '../../src/algo/ppo/tokenNetwork.ts'
import { flattenTime, type Samples } from '../../src/algo/samples.ts'
import { js } from '../../src/kernel/js/js.ts'
import { f64 } from '../../src/math/real.ts'
import { key } from '../../src/random/key.ts'
import { tokenSamples } from '../../src/rlhf/context.ts'
import { corpusMix } from '../../src/rlhf/corpusMix.ts'
import { fineTune, fineTuneConfig } from '../../src/rlhf/fineTune.ts'
import { iterateLanguage, type IterateLanguageConfig } from '../../src/rlhf/iterateLanguage.ts'
import {
  fromLanguageModel,
  languagePpo,
  languagePpoConfig,
  toLanguageModel,
  type LanguagePpoConfig,
} from '../../src/rlhf/languageAgent.ts'
import { languageEnvironment } from '../../src/rlhf/languageEnvironment.ts'
import { languageModel } from '../../src/rlhf/languageModel.ts'
import { crossEntropy, sequenceLogProbs } from '../../src/rlhf/sequenceLogProbs.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { data, own, toArray } from '../../src/tensor/tensor.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'
import { builtUrl } from '../support/built.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const model = languageModel(abc, { window: 2, embedding: 3, hidden: [6] })
const environment = languageEnvironment(abc, { window: 2, longest: 4 }, (tokens) => tokens.length)
const base: LanguagePpoConfig = {
  ...languagePpoConfig(model, 1),
  envs: 2,
  steps: 6,
  totalSteps: 12,
}
const sequences = [[0, 1, 0], [1], [0, 1]]

describe('the loss of a corpus added to that of responses', () => {
  const policy = policyFor(js.f64, environment, base, tokenNetwork(environment, base))
  const moved = (seed: number, by: number) => {
    const { flat, tree } = policy.init(key(seed))
    return withFlat(
      tree,
      Float64Array.from(toArray(flat), (x, i) => x + by * f64.sin(i + seed)),
    )
  }
  const sampled = (seed: number, gamma: number): Samples => {
    const parts = languagePpo.parts(base, environment, js.f64)
    const [{ trajectory }] = parts.rollout(moved(seed, 0.4), key(seed))(parts.env.init(key(1)))
    const numbers = Float64Array.from({ length: 12 }, (_, i) => f64.sin(i))
    const advantages = own(['time', 'env'], [6, 2], numbers)
    const samples = flattenTime(trajectory, advantages, advantages)
    const [{ dist }] = policy.forward(moved(seed + 1, 0.7), samples.observation)
    return {
      ...samples,
      ...corpusMix(model, { gamma, sequences }, 12, 'f64')(key(seed)),
      referenceBeta: own(['sample'], [12], new Float64Array(12).fill(0.3)),
      referenceParam: dist.param,
    }
  }
  const loss = { surrogate: 'ratio', valueClip: null, valueCoef: 0.5, entropyCoef: 0 } as const

  test.prop({ seed: fc.nat(1000) }, { numRuns: 3 })(
    'has the gradient of central differences, a KL from a reference included',
    ({ seed }) => {
      const samples = sampled(seed, 0.7)
      const of = lossGrad({ ...loss, referenceKl: 'exact', corpusLoss: true }, policy)
      const params = moved(seed + 2, 0.5)
      const numeric = numericGrad((x) => {
        const [losses] = of(withFlat(params.tree, x), samples)
        return losses.policyLoss + 0.5 * losses.valueLoss
      }, toArray(params.flat))
      expectClose(toArray(of(params, samples)[1].flat), numeric, 1e-6, 1e-10)
    },
  )

  test('adds γ times the mean of −log π over the tokens that were drawn', () => {
    const params = moved(3, 0.5)
    const [samples, gamma] = [sampled(1, 0.7), 0.7]
    const [mixed] = lossGrad({ ...loss, corpusLoss: true }, policy)(params, samples)
    const [without] = lossGrad(loss, policy)(params, samples)
    const [{ dist }] = policy.forward(params, samples.corpusContext!)
    const logProbs = toArray(dist.logProb(samples.corpusNext!))
    const mean = -logProbs.reduce((a, b) => a + b, 0) / 12
    expectClose(mixed.policyLoss - without.policyLoss, gamma * mean, 1e-9, 0)
  })

  test('draws tokens of the corpus about equally often, by the key', () => {
    const n = 6000
    const { corpusContext, corpusNext } = corpusMix(
      model,
      { gamma: 1, sequences },
      n,
      'f32',
    )(key(1))
    const all = tokenSamples(abc, 2, sequences)
    const named = (context: ArrayLike<number>, next: ArrayLike<number>, i: number) =>
      `${context[2 * i]},${context[2 * i + 1]}:${next[i]}`
    const expected = new Map<string, number>()
    for (let i = 0; i < 9; i++) {
      const name = named(data(all.context), data(all.next), i)
      expected.set(name, (expected.get(name) ?? 0) + n / 9)
    }
    const seen = new Map<string, number>()
    for (let i = 0; i < n; i++) {
      const name = named(data(corpusContext!), data(corpusNext!), i)
      seen.set(name, (seen.get(name) ?? 0) + 1)
    }
    expect([...seen.keys()].toSorted()).toStrictEqual([...expected.keys()].toSorted())
    for (const [name, count] of seen)
      expect(Math.abs(count - expected.get(name)!)).toBeLessThan(5 * Math.sqrt(expected.get(name)!))
  })
})

describe('PPO with a corpus', () => {
  const start = fineTune({ ...fineTuneConfig, epochs: 40, batch: 3, learningRate: 0.02 }, model)(
    model.init(key(1)),
    sequences,
    key(2),
  ).params
  const config: LanguagePpoConfig = {
    ...base,
    envs: 16,
    steps: 8,
    totalSteps: 20 * 128,
    learningRate: 0.01,
  }
  const env = languageEnvironment(
    abc,
    { window: 2, longest: 4 },
    (tokens) => tokens.filter((token) => token === 2).length,
  )
  const forgetting = (gamma: number | null): number => {
    const own = gamma === null ? config : { ...config, corpusLoss: true }
    const how: IterateLanguageConfig = {
      beta: 0,
      adaptive: null,
      ...(gamma === null ? {} : { corpus: { gamma, sequences } }),
    }
    const parts = languagePpo.parts(own, env)
    const next = iterateLanguage(how, parts, model, start)
    let state = { run: fromLanguageModel(own, languagePpo.init(parts)(key(5)), start), beta: 0 }
    for (let update = 0; update < 20; update++) state = next(state)[1]
    const now = toLanguageModel(state.run.learner.params)
    return crossEntropy(sequenceLogProbs(model)(now, sequences)).nats
  }

  test('forgets less of it, the greater γ is', () => {
    const [without, little, more] = [forgetting(null), forgetting(1), forgetting(10)]
    expect(little).toBeLessThan(without - 0.1)
    expect(more).toBeLessThan(little)
  })

  test('gives the same bits on js and wasm, and with two threads', async () => {
    const own = { ...config, corpusLoss: true, referenceKl: 'exact' as const }
    const worker = new URL(builtUrl('algo/thread/worker.js'))
    const threads = await languagePpo.threadedParts(own, env, { threads: 2, worker })
    const [a, b, c] = [
      languagePpo.parts(own, env, 'js'),
      languagePpo.parts(own, env, 'wasm'),
      threads,
    ].map((parts) => {
      const how = { beta: 0.2, adaptive: null, corpus: { gamma: 2, sequences } }
      const next = iterateLanguage(how, parts, model, start, 'js')
      const run = fromLanguageModel(own, languagePpo.init(parts)(key(5)), start)
      const [, second] = next({ run, beta: 0.2 })
      return data(next(second)[1].run.learner.params.flat)
    })
    await threads.stop()
    expect(b).toStrictEqual(a)
    expect(c).toStrictEqual(a)
  })

  test.each([
    [
      { ...config, corpusLoss: true },
      {},
      'corpus: expected one, since the parts have a corpusLoss',
    ],
    [
      config,
      { corpus: { gamma: 1, sequences } },
      'corpus: expected none, since the parts have no corpusLoss, got one',
    ],
    [
      { ...config, corpusLoss: true },
      { corpus: { gamma: -1, sequences } },
      'corpus.gamma: expected a number >= 0, got -1',
    ],
    [
      { ...config, corpusLoss: true },
      { corpus: { gamma: 1, sequences: [] } },
      'corpus.sequences: expected at least one, got none',
    ],
  ])('refuses what does not fit', (own, how, problem) => {
    const parts = languagePpo.parts(own, env)
    expect(() => iterateLanguage({ beta: 0, adaptive: null, ...how }, parts, model, start)).toThrow(
      problem,
    )
  })
})

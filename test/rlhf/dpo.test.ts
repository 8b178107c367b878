import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { f64 } from '../../src/math/real.ts'
import { key } from '../../src/random/key.ts'
import { isSame, pairsOf, type Comparison } from '../../src/rlhf/comparison.ts'
import { dpoLoss, dpoSamples } from '../../src/rlhf/dpoLoss.ts'
import { fitDpo, fitDpoConfig, implicitRewards } from '../../src/rlhf/fitDpo.ts'
import { languageModel, type LanguageParams } from '../../src/rlhf/languageModel.ts'
import { accuracy, margins } from '../../src/rlhf/preferenceMetrics.ts'
import { sequenceLogProbs } from '../../src/rlhf/sequenceLogProbs.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { data, toArray } from '../../src/tensor/tensor.ts'
import { lossAndGrad } from '../support/lossAndGrad.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const model = languageModel(abc, { window: 2, embedding: 2, hidden: [4] })
const response = fc.array(fc.nat(2), { minLength: 0, maxLength: 4 })
const comparison = fc
  .uniqueArray(response, { minLength: 2, maxLength: 3, comparator: isSame })
  .map((ranked): Comparison => ({ ranked }))
const comparisons = fc.array(comparison, { minLength: 1, maxLength: 3 })

const moved = ({ flat, tree }: LanguageParams, by: number, phase = 0): LanguageParams =>
  withFlat(
    tree,
    Float64Array.from(toArray(flat), (x, i) => x + by * f64.sin(i + phase)),
  )

const samplesOf = (given: readonly Comparison[], beta: number, rho: LanguageParams, batch = 1) => {
  const logProbs = sequenceLogProbs(model, 1, js.f64)
  const reference = given.map(({ ranked }) => logProbs(rho, ranked))
  return dpoSamples(model, given, beta, reference, batch, 'f64')
}

const lossOf = (
  tree: LanguageParams['tree'],
  samples: ReturnType<typeof samplesOf>,
  shards = 1,
) => {
  return lossAndGrad(dpoLoss(model), tree, samples, model.network.paramCount, shards)
}

describe('the loss of DPO', () => {
  test.prop(
    {
      comparisons,
      seed: fc.nat(),
      beta: fc.constantFrom(0.1, 2),
      batch: fc.integer({ min: 1, max: 3 }),
      shards: fc.integer({ min: 1, max: 2 }),
    },
    { numRuns: 5 },
  )('has the gradient of central differences', ({ comparisons, seed, beta, batch, shards }) => {
    const start = model.init(key(seed), 'f64')
    const samples = samplesOf(comparisons, beta, moved(start, 0.4, 2), batch)
    const params = moved(start, 0.5)
    const { grad } = lossOf(params.tree, samples, shards)
    const numeric = numericGrad(
      (x) => lossOf(withFlat(params.tree, x).tree, samples).loss,
      toArray(params.flat),
    )
    expectClose(grad, numeric, 1e-6, 1e-10)
  })

  test.prop({ comparisons, beta: fc.constantFrom(0.1, 2) }, { numRuns: 20 })(
    'is −log σ(β [(log π_w − log ρ_w) − (log π_l − log ρ_l)]), the mean over pairs',
    ({ comparisons, beta }) => {
      const start = model.init(key(1), 'f64')
      const [rho, pi] = [moved(start, 0.4, 2), moved(start, 0.5)]
      const logProbs = sequenceLogProbs(model, 1, js.f64)
      const sum = (params: LanguageParams, tokens: readonly number[]) =>
        logProbs(params, [tokens])[0]!.reduce((a, b) => a + b, 0)
      const h = (tokens: readonly number[]) => sum(pi, tokens) - sum(rho, tokens)
      const expected = comparisons.map((each) => {
        const pairs = pairsOf(each)
        return (
          pairs.reduce((all, [w, l]) => all + Math.log1p(Math.exp(-beta * (h(w) - h(l)))), 0) /
          pairs.length
        )
      })
      expectClose(
        lossOf(pi.tree, samplesOf(comparisons, beta, rho)).loss,
        expected.reduce((a, b) => a + b, 0) / expected.length,
        1e-10,
        1e-12,
      )
    },
  )
})

describe('fitting by DPO', () => {
  const rho = model.init(key(1))
  const given: readonly Comparison[] = [{ ranked: [[0, 0], [1]] }, { ranked: [[0], [2], [1, 1]] }]

  test('makes what was preferred more probable, with the same bits on js and wasm', () => {
    const config = { ...fitDpoConfig, steps: 40, batch: 2, learningRate: 0.01 }
    const [a, b] = (['js', 'wasm'] as const).map(
      (how) => fitDpo(config, model, rho, how)(rho, given, key(2)).params,
    )
    expect(data(b!.flat)).toStrictEqual(data(a!.flat))
    const rewards = implicitRewards(config.beta, model, rho)
    expect(accuracy(margins((responses) => rewards(a!, responses), given))).toBe(1)
    expect(rewards(rho, [[0], [1]])).toStrictEqual([0, 0])
  })

  test.each([
    [{ ...fitDpoConfig, beta: 0 }, given, 'beta: expected a number > 0, got 0'],
    [fitDpoConfig, [], 'comparisons: expected at least one, got none'],
    [
      fitDpoConfig,
      [...given, { ranked: [[0]] }],
      'comparisons[2]: expected at least two responses, got 1',
    ],
  ])('refuses bad input', (config, comparisons, problem) => {
    expect(() => fitDpo(config, model, rho)(rho, comparisons, key(2))).toThrow(problem)
  })
})

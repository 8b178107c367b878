import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import type { TokenMlp } from '../../src/nn/tokenMlp.ts'
import { key } from '../../src/random/key.ts'
import { isSame, rankByScore, groupsOf, type Comparison } from '../../src/rlhf/comparison.ts'
import { comparisonLoss } from '../../src/rlhf/comparisonLoss.ts'
import { comparisonSamples } from '../../src/rlhf/comparisonSamples.ts'
import { fitReward, fitRewardConfig } from '../../src/rlhf/fitReward.ts'
import { accuracy, calibration, disagreement, margins } from '../../src/rlhf/preferenceMetrics.ts'
import { ensembleScore, rewardModel, rewardScores } from '../../src/rlhf/rewardModel.ts'
import { scaleOf, type Score } from '../../src/rlhf/score.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { withFlat, type Params } from '../../src/tensor/params.ts'
import { data, toArray } from '../../src/tensor/tensor.ts'
import { lossAndGrad } from '../support/lossAndGrad.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const kinds = ['sum', 'end'] as const
const modelOf = (scalar: 'sum' | 'end') =>
  rewardModel(abc, { window: 3, embedding: 2, hidden: [4], scalar })

const response = fc.array(fc.nat(2), { minLength: 1, maxLength: 4 })
const comparison = fc
  .uniqueArray(response, { minLength: 2, maxLength: 4, comparator: isSame })
  .map((ranked): Comparison => ({ ranked }))
const comparisons = fc.array(comparison, { minLength: 1, maxLength: 3 })

/** Of parameters of no special size. */
const spread = ({ tree, flat }: Params<TokenMlp>): Params<TokenMlp> =>
  withFlat(
    tree,
    Float64Array.from(toArray(flat), (x, i) => x + 0.3 * Math.sin(i)),
  )

/** The mean loss, and its gradient in so many shards, added up. */
const lossOf = (
  scalar: 'sum' | 'end',
  tree: TokenMlp,
  given: readonly Comparison[],
  batch: number,
  shards = 1,
) => {
  const model = modelOf(scalar)
  const samples = comparisonSamples(model, given, batch, 'f64')
  return lossAndGrad(comparisonLoss(model), tree, samples, model.network.paramCount, shards)
}

describe('the loss on comparisons', () => {
  test.prop(
    {
      comparisons,
      seed: fc.nat(),
      scalar: fc.constantFrom(...kinds),
      batch: fc.integer({ min: 1, max: 3 }),
      shards: fc.integer({ min: 1, max: 2 }),
    },
    { numRuns: 5 },
  )('has the gradient of central differences', ({ comparisons, seed, scalar, batch, shards }) => {
    const { flat, tree } = spread(modelOf(scalar).init(key(seed), 'f64'))
    const { grad } = lossOf(scalar, tree, comparisons, batch, shards)
    const numeric = numericGrad(
      (x) => lossOf(scalar, withFlat(tree, x).tree, comparisons, batch).loss,
      toArray(flat),
    )
    expectClose(grad, numeric, 1e-6, 1e-10)
  })

  test.prop({ comparisons, seed: fc.nat(), scalar: fc.constantFrom(...kinds) })(
    'is the mean of −log σ(r_w − r_l) over the pairs of each, in any batch',
    ({ comparisons, seed, scalar }) => {
      const model = modelOf(scalar)
      const params = spread(model.init(key(seed), 'f64'))
      const scores = rewardScores(model, js.f64)
      const each = comparisons.map((one) => {
        const all = margins((responses) => scores(params, responses), [one])
        return all.reduce((sum, d) => sum + Math.log(1 + Math.exp(-d)), 0) / all.length
      })
      expectClose(
        lossOf(scalar, params.tree, comparisons, 4).loss,
        each.reduce((a, b) => a + b, 0) / each.length,
        1e-9,
        1e-12,
      )
    },
  )
})

describe('the reward of a response', () => {
  const scores = (scalar: 'sum' | 'end', responses: ReadonlyArray<readonly number[]>) => {
    const model = modelOf(scalar)
    return rewardScores(model, js.f64)(spread(model.init(key(1), 'f64')), responses)
  }

  test('that is summed grows by what each token adds; at the end only the window counts', () => {
    const [long, other] = [
      [0, 1, 2, 1, 0],
      [2, 1, 2, 1, 0],
    ]
    const [a, b] = scores('end', [long, other])
    expect(a).toBe(b)
    const [c, d] = scores('sum', [long, other])
    expect(c).not.toBe(d)
  })

  test('does not depend on what else is scored', () => {
    const many = Array.from({ length: 120 }, (_, i) => [i % 3, (i >> 1) % 3, (i >> 2) % 3])
    for (const scalar of kinds)
      expect(scores(scalar, many).slice(100)).toStrictEqual(scores(scalar, many.slice(100)))
  })
})

describe('fitting a reward model', () => {
  // Prefers a to b to c, at any place.
  const gold: Score = (tokens) => tokens.reduce((sum, token) => sum + 1 - token, 0)
  const pool = Array.from({ length: 600 }, (_, i) =>
    [0, 1, 2, 3].map((at) => Math.floor(i / 3 ** at) % 3).slice(0, 2 + (i % 3)),
  )
  const groups = groupsOf(2, pool)
  const [train, held] = [groups.slice(0, 200), groups.slice(200)]
  const labels = rankByScore(gold, 0.5, key(1), train)
  const config = { ...fitRewardConfig, steps: 150, batch: 32, learningRate: 1e-2 }
  const model = modelOf('sum')

  test('learns what is preferred, from noisy labels, to the same bits on js and wasm', () => {
    const [onJs, onWasm] = (['js', 'wasm'] as const).map((how) =>
      fitReward(config, model, how)(model.init(key(2)), labels, key(3)),
    )
    expect(data(onJs!.params.flat)).toStrictEqual(data(onWasm!.params.flat))
    const scores = rewardScores(model)
    const of = (responses: ReadonlyArray<readonly number[]>) => scores(onJs!.params, responses)
    const truth = rankByScore(
      gold,
      0,
      key(4),
      held.filter(([a, b]) => gold(a!) !== gold(b!)),
    )
    expect(accuracy(margins(of, truth))).toBeGreaterThan(0.95)
    const scale = scaleOf(of(pool))
    const score = ensembleScore(scores, [{ params: onJs!.params, scale }])
    const standard = scaleOf(pool.map(score))
    expectClose([standard.mean, standard.deviation], [0, 1], 1e-9, 1e-9)
  })

  test('needs comparisons of at least two', () => {
    expect(() => fitReward(config, model)(model.init(key(1)), [], key(1))).toThrow(
      'comparisons: expected at least one, got none',
    )
    expect(() => fitReward(config, model)(model.init(key(1)), [{ ranked: [[0]] }], key(1))).toThrow(
      'comparisons[0]: expected at least two responses, got 1',
    )
  })
})

describe('measures of preferences', () => {
  test('accuracy counts ties half', () => {
    expect(accuracy([1, -1, 2, 0])).toBe(2.5 / 4)
    expect(accuracy([])).toBeNaN()
  })

  test('calibration compares what was predicted with what was preferred', () => {
    const d = Math.log(3)
    const bins = calibration([d, d, d, -d, 0.1, 20], 4)
    expect(bins.map(({ count }) => count)).toStrictEqual([1, 4, 1])
    expectClose(bins[1]!.predicted, 0.75, 1e-12, 0)
    expect(bins.map(({ observed }) => observed)).toStrictEqual([1, 0.75, 1])
  })

  test('disagreement is the deviation between members, for each response', () => {
    expect(
      disagreement([
        [1, 5],
        [3, 5],
      ]),
    ).toStrictEqual([1, 0])
    expect(() => disagreement([[1], []])).toThrow('members[1]: expected 1 scores, got 0')
    expect(() => disagreement([])).toThrow('members: expected at least one, got none')
  })
})

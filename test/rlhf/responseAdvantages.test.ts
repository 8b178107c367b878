import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { key } from '../../src/random/key.ts'
import {
  grpoAdvantages,
  noBaseline,
  reinforceAdvantages,
  rlooAdvantages,
} from '../../src/rlhf/groupAdvantage.ts'
import { iterateLanguage, type LanguageState } from '../../src/rlhf/iterateLanguage.ts'
import {
  fromLanguageModel,
  languagePpo,
  languagePpoConfig,
  withoutValue,
} from '../../src/rlhf/languageAgent.ts'
import { languageEnvironment } from '../../src/rlhf/languageEnvironment.ts'
import { languageModel } from '../../src/rlhf/languageModel.ts'
import { responseAdvantages, type ResponseEstimator } from '../../src/rlhf/responseAdvantages.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { wholeResponses } from '../../src/rlhf/wholeResponses.ts'
import { data, own } from '../../src/tensor/tensor.ts'
import { expectClose } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const returns = fc.array(
  fc.integer({ min: -50, max: 50 }).map((x) => x / 10),
  { minLength: 4, maxLength: 13 },
)
const sum = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => a + b, 0)

describe('advantages over groups', () => {
  test.prop({ returns, size: fc.integer({ min: 2, max: 4 }) })(
    'of RLOO are returns less the mean of the others',
    ({ returns, size }) => {
      const advantages = rlooAdvantages({ size }, returns)
      const whole = Math.floor(returns.length / size) * size
      returns.forEach((r, i) => {
        const first = i - (i % size)
        const others = returns.slice(first, first + size).filter((_, j) => first + j !== i)
        const expected = i < whole ? r - sum(others) / (size - 1) : 0
        expectClose(advantages[i]!, expected, 1e-9, 1e-9)
      })
    },
  )

  test.prop({ returns, size: fc.integer({ min: 2, max: 4 }), ddof: fc.constantFrom(0, 1) })(
    'of GRPO have mean 0 and, but for ε, variance 1; those of equal scores are 0',
    ({ returns, size, ddof }) => {
      const advantages = grpoAdvantages({ size, ddof, epsilon: 0 }, returns)
      for (let i = 0; i + size <= returns.length; i += size) {
        const group = advantages.slice(i, i + size)
        expectClose(sum(group), 0, 0, 1e-6)
        const squares = sum(group.map((a) => a * a))
        if (squares > 1e-9) expectClose(squares / (size - ddof), 1, 1e-6, 0)
      }
    },
  )

  test('of GRPO are 0 in a group of equal scores', () => {
    expect(grpoAdvantages({ size: 2, epsilon: 0 }, [3, 3, 1, 2]).slice(0, 2)).toStrictEqual([0, 0])
  })

  test.prop({ first: returns, second: returns })(
    'of REINFORCE are returns less the mean of all before',
    ({ first, second }) => {
      const [advantages, baseline] = reinforceAdvantages(noBaseline, first)
      expect(advantages).toStrictEqual(first)
      const [later, after] = reinforceAdvantages(baseline, second)
      const mean = sum(first) / first.length
      expectClose(
        later,
        second.map((r) => r - mean),
        1e-9,
        1e-9,
      )
      expectClose(after.mean, sum([...first, ...second]) / after.count, 1e-9, 1e-9)
    },
  )

  test.each([
    [() => rlooAdvantages({ size: 1 }, [1, 2]), 'size: expected a whole number >= 2, got 1'],
    [
      () => rlooAdvantages({ size: 3 }, [1, 2]),
      'returns: expected at least 3, the size of a group, got 2',
    ],
    [
      () => grpoAdvantages({ size: 2 }, [1, NaN]),
      'returns[response=1]: expected a finite number, got NaN',
    ],
    [
      () => grpoAdvantages({ size: 2, epsilon: -1 }, [1, 2]),
      'epsilon: expected a number >= 0, got -1',
    ],
  ])('refuse what makes no group: %s', (make, problem) => {
    expect(make).toThrow(problem)
  })
})

/** A rollout of 6 steps in 2 environments. */
const terminated = own(
  ['time', 'env'],
  [6, 2],
  Uint8Array.from([0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0]),
)
const reward = own(
  ['time', 'env'],
  [6, 2],
  Float64Array.from({ length: 12 }, (_, i) => i),
)
const rollout = { terminated, reward }

describe('whole responses', () => {
  test('began early enough to end in the rollout, however long they are', () => {
    expect(wholeResponses(rollout, 3)).toStrictEqual([
      { env: 0, from: 0, to: 2 },
      { env: 0, from: 2, to: 5 },
      { env: 1, from: 0, to: 1 },
      { env: 1, from: 1, to: 4 },
    ])
  })

  test('are no longer than said, and no longer than a rollout', () => {
    expect(() => wholeResponses(rollout, 2)).toThrow('got 2, but a response of env=0 is longer')
    expect(() => wholeResponses(rollout, 7)).toThrow(
      'longest: expected a whole number from 1 to the 6 steps of a rollout, got 7',
    )
  })

  test.each([
    ['rloo', 12 / 9],
    ['grpo', null],
    ['reinforce', 12 / 9],
  ] as const)('weigh their tokens, and leave out all others: %s', (kind, every) => {
    const estimator: ResponseEstimator = kind === 'reinforce' ? { kind } : { kind, size: 2 }
    const { advantage, weight, responses } = responseAdvantages(estimator, 3, rollout)
    expectClose(sum(weight), 12, 1e-12, 0)
    const mine = responses.map(({ env, from, to }) =>
      Array.from({ length: to - from }, (_, t) => (from + t) * 2 + env),
    )
    const left = Array.from(weight.keys()).filter((i) => !mine.flat().includes(i))
    expect(left.every((i) => weight[i] === 0 && advantage[i] === 0)).toBe(true)
    for (const places of mine) {
      const first = advantage[places[0]!]! / weight[places[0]!]!
      for (const i of places) {
        expectClose(weight[i]!, every ?? 12 / (4 * places.length), 1e-12, 0)
        expectClose(advantage[i]! / weight[i]!, first, 1e-12, 0)
      }
    }
    const total = mine.map((places) => sum(places.map((i) => data(reward)[i]!)))
    const of = (i: number) => advantage[mine[i]![0]!]! / weight[mine[i]![0]!]!
    if (kind === 'rloo') expectClose(of(0), total[0]! - total[1]!, 1e-12, 0)
    if (kind === 'reinforce') expectClose(of(0), total[0]!, 1e-12, 0)
  })
})

describe('an iteration by whole responses', () => {
  const abc = right(vocabulary('characters', ['a', 'b', 'c']))
  const model = languageModel(abc, { window: 2, embedding: 3, hidden: [8] })
  const rho = model.init(key(1))
  const longest = 4
  const environment = languageEnvironment(abc, { window: 2, longest }, (tokens) =>
    tokens.length === 0 ? -1 : tokens.filter((token) => token === 0).length,
  )
  const base = { ...languagePpoConfig(model, 3), envs: 8, steps: 6, totalSteps: 3 * 48 }
  const config = withoutValue(base, 12)
  test.each([
    [{ kind: 'rloo', size: 4, longest }, {}],
    [{ kind: 'grpo', size: 4, longest }, { referenceKl: 'k3' }],
    [{ kind: 'reinforce', longest }, {}],
  ] as const)('raises the score, with the same bits on js and wasm: %j', (estimator, place) => {
    const own = { ...config, ...place, learningRate: 0.01 }
    const [a, b] = (['js', 'wasm'] as const).map((how) => {
      const parts = languagePpo.parts(own, environment, how)
      const next = iterateLanguage(
        { beta: 0.01, adaptive: null, estimator },
        parts,
        model,
        rho,
        how,
      )
      let state: LanguageState = {
        run: fromLanguageModel(own, languagePpo.init(parts)(key(5)), rho),
        beta: 0.01,
      }
      const scores: number[] = []
      for (let update = 0; update < 12; update++) {
        const [metrics, after] = next(state)
        scores.push(metrics.score)
        state = after
      }
      return { scores, flat: data(state.run.learner.params.flat), baseline: state.baseline }
    })
    expect(b).toStrictEqual(a)
    expect(a!.scores.at(-1)!).toBeGreaterThan(a!.scores[0]! + 0.5)
    expect(a!.baseline === undefined).toBe(estimator.kind !== 'reinforce')
  })

  test('begins new responses, wherever the environments stand', () => {
    const parts = languagePpo.parts(config, environment)
    const estimator = { kind: 'rloo', size: 4, longest } as const
    const next = iterateLanguage({ beta: 0.1, adaptive: null, estimator }, parts, model, rho)
    const run = fromLanguageModel(config, languagePpo.init(parts)(key(5)), rho)
    const [, envState] = parts.rollout(run.learner.params, key(8))(run.envState)
    const [a, b] = [run.envState, envState].map((start) => {
      const [metrics, after] = next({ run: { ...run, envState: start }, beta: 0.1 })
      return { metrics, flat: data(after.run.learner.params.flat) }
    })
    expect(b).toStrictEqual(a)
    expect(a!.metrics.length).toBeGreaterThan(1)
    expect(a!.metrics.kl).toBe(0)
  })

  test.each([
    [
      base,
      { kind: 'rloo', size: 2, longest },
      'advantage.normalise: expected none with an estimator',
    ],
    [
      { ...config, recomputeAdvantages: true },
      { kind: 'reinforce', longest },
      'recomputeAdvantages: expected false with an estimator, got true',
    ],
    [
      config,
      { kind: 'rloo', size: 9, longest },
      'estimator.size: expected at most the 8 environments, got 9',
    ],
  ] as const)('refuses what does not fit', (own, estimator, problem) => {
    const parts = languagePpo.parts(own, environment)
    expect(() =>
      iterateLanguage({ beta: 0, adaptive: null, estimator }, parts, model, rho),
    ).toThrow(problem)
  })
})

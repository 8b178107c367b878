import { describe, expect, test } from 'vitest'
import { presets } from '../../src/algo/ppo/index.ts'
import { key } from '../../src/random/key.ts'
import type { Comparison } from '../../src/rlhf/comparison.ts'
import { fitDpo, fitDpoConfig, implicitRewards } from '../../src/rlhf/fitDpo.ts'
import {
  iterateLanguage,
  type IterateLanguageConfig,
  type LanguageState,
} from '../../src/rlhf/iterateLanguage.ts'
import {
  fromLanguageModel,
  languagePpo,
  languagePpoConfig,
  toLanguageModel,
  withoutValue,
  type LanguagePpoConfig,
} from '../../src/rlhf/languageAgent.ts'
import { languageEnvironment } from '../../src/rlhf/languageEnvironment.ts'
import { languageModel, type LanguageParams } from '../../src/rlhf/languageModel.ts'
import type { Score } from '../../src/rlhf/score.ts'
import { sequenceLogProbs } from '../../src/rlhf/sequenceLogProbs.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { toArray } from '../../src/tensor/tensor.ts'
import { expectClose } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const ab = right(vocabulary('characters', ['a', 'b']))
const model = languageModel(ab, { window: 1, embedding: 4, hidden: [8] })
const reference = (() => {
  const { flat, tree } = model.init(key(2))
  return withFlat(
    tree,
    Float32Array.from(toArray(flat), (x, i) => x + 0.5 * Math.sin(5 * i)),
  )
})()
/** A response is one token, or none. */
const outcomes = [[0], [1], []]
const score: Score = ([token]) => (token === 0 ? 1 : token === 1 ? -0.5 : 0)
const environment = languageEnvironment(ab, { window: 1, longest: 1 }, score)

const logProbs = sequenceLogProbs(model)
/** log p of each outcome: its first token, or EOS. */
const logs = (params: LanguageParams): readonly number[] =>
  logProbs(params, outcomes).map(([first]) => first!)
const ofReference = logs(reference)

/** E_π[r] − β KL(π ‖ ρ), from the log-probabilities of the outcomes. */
const objective = (beta: number, now: readonly number[], rho = ofReference): number =>
  outcomes.reduce(
    (sum, x, i) => sum + Math.exp(now[i]!) * (score(x) - beta * (now[i]! - rho[i]!)),
    0,
  )
/** β log E_ρ[exp(r/β)], its greatest value, which ρ exp(r/β) has. */
const best = (beta: number, rho = ofReference): number =>
  beta * Math.log(outcomes.reduce((sum, x, i) => sum + Math.exp(rho[i]! + score(x) / beta), 0))

/** log-probabilities of the outcomes before each update, and after the last. */
const trained = (
  beta: number,
  config: LanguagePpoConfig,
  updates: number,
  estimator: IterateLanguageConfig['estimator'] | null = null,
) => {
  const parts = languagePpo.parts(config, environment)
  const how = { beta, adaptive: null, ...(estimator === null ? {} : { estimator }) }
  const next = iterateLanguage(how, parts, model, reference)
  const run = fromLanguageModel(config, languagePpo.init(parts)(key(5)), reference)
  let state: LanguageState = { run, beta }
  const history = [logs(reference)]
  for (let update = 0; update < updates; update++) {
    state = next(state)[1]
    history.push(logs(toLanguageModel(state.run.learner.params)))
  }
  return history
}

/** Advantages in units of the score, so that the β of a loss is, too. */
const plain = { advantage: { ...presets.cleanrl.advantage, normalise: 'none' } } as const

const updates = 120
const base: LanguagePpoConfig = {
  ...languagePpoConfig(model, updates),
  learningRateSchedule: 'linear',
}

describe('a response of one token, whose optimum ρ exp(r / β) is known', () => {
  test.each([
    ['PPO, the KL in the reward', 0.5, {}, null],
    ['PPO, the KL in the reward', 1, {}, null],
    ['PPO, the exact KL in the loss', 0.5, { ...plain, referenceKl: 'exact' }, null],
    ['PPO, k2 in the loss', 0.5, { ...plain, referenceKl: 'k2' }, null],
    ['RLOO', 0.5, withoutValue(base, 8), { kind: 'rloo', size: 4, longest: 1 }],
    ['REINFORCE', 0.5, withoutValue(base, 8), { kind: 'reinforce', longest: 1 }],
  ] as const)(
    'is met within 2 percent and never exceeded: %s, β = %d',
    (_, beta, own, estimator) => {
      const history = trained(beta, { ...base, ...own }, updates, estimator)
      for (const now of history) expect(objective(beta, now)).toBeLessThanOrEqual(best(beta) + 1e-6)
      expect(objective(beta, history.at(-1)!)).toBeGreaterThan(
        best(beta) - 0.02 * Math.abs(best(beta)),
      )
    },
  )

  // With softmax logits x, E_π[Â] = 0 and ∂KL(ρ ‖ π)/∂xⱼ = πⱼ − ρⱼ, the gradient that k3 has on average, the
  // objective stands still where πⱼ Âⱼ = β (πⱼ − ρⱼ).
  test('GRPO goes where πⱼ (β − Âⱼ) = β ρⱼ, with Â over a large group', () => {
    const beta = 0.5
    const config = { ...withoutValue(base, 8), referenceKl: 'k3' as const }
    const group = { kind: 'grpo', size: 64, longest: 1 } as const
    const pi = trained(beta, config, updates, group).at(-1)!.map(Math.exp)
    const mean = outcomes.reduce((sum, x, i) => sum + pi[i]! * score(x), 0)
    const variance = outcomes.reduce((sum, x, i) => sum + pi[i]! * (score(x) - mean) ** 2, 0)
    outcomes.forEach((x, i) => {
      const advantage = (score(x) - mean) / Math.sqrt(variance)
      const rho = Math.exp(ofReference[i]!)
      expectClose(pi[i]! * (beta - advantage), beta * rho, 0, 0.02)
    })
  })

  // With as many comparisons as Bradley and Terry would give, DPO's optimum is ρ exp(r / β) among the
  // responses that were compared.
  test('DPO on exact preferences is met within 2 percent, among the responses compared', () => {
    const [beta, each] = [0.5, 400]
    const comparisons = outcomes.flatMap((one, i) =>
      outcomes.slice(i + 1).flatMap((other) => {
        const wins = Math.round(each / (1 + Math.exp(score(other) - score(one))))
        return Array.from({ length: each }, (_, n): Comparison => ({
          ranked: n < wins ? [one, other] : [other, one],
        }))
      }),
    )
    const config = { ...fitDpoConfig, beta, steps: 300, batch: 120, learningRate: 0.01 }
    const { params } = fitDpo(config, model, reference)(reference, comparisons, key(3))
    /** log p of each whole response, among those. */
    const among = (of: LanguageParams): readonly number[] => {
      const each = logProbs(of, outcomes).map((tokens) => tokens.reduce((a, b) => a + b, 0))
      const all = Math.log(each.reduce((sum, x) => sum + Math.exp(x), 0))
      return each.map((x) => x - all)
    }
    const [now, rho] = [among(params), among(reference)]
    const reached = objective(beta, now, rho)
    expect(reached).toBeLessThanOrEqual(best(beta, rho) + 1e-6)
    expect(reached).toBeGreaterThan(best(beta, rho) - 0.02 * Math.abs(best(beta, rho)))
    const rewards = implicitRewards(beta, model, reference)(params, outcomes)
    outcomes.forEach((x, i) =>
      expectClose(rewards[i]! - rewards[2]!, score(x) - score(outcomes[2]!), 0, 0.05),
    )
  })
})

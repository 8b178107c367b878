import type { BackendChoice } from '../algo/agent.ts'
import { iteration, type RunMetrics } from '../algo/iteration.ts'
import type { OptimState, TrainState } from '../algo/learner.ts'
import { runSync } from '../engine/task.ts'
import { foldIn } from '../random/key.ts'
import { expectAbove, expectAtLeast } from '../tensor/argument.ts'
import { tokenSamplesOf, withKlReward, withWhiteRewards } from './shapeTokens.ts'
import { ofEpisodes, ofWholeResponses } from './outcome.ts'
import { responseAdvantages, type ResponseEstimator } from './responseAdvantages.ts'
import { noBaseline, type ReturnBaseline } from './groupAdvantage.ts'
import type { MaskedWhitenConfig } from './maskedWhiten.ts'
import type { TokenUpdateMetrics } from '../algo/ppo/tokens.ts'
import { languagePpo, type LanguageParts, type LanguagePpoConfig } from './languageAgent.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import { fromReference, type FromReference } from './reference.ts'
import { corpusMix, type CorpusMix } from './corpusMix.ts'
import type { Sequence } from './encode.ts'

/** The cost of moving away from the reference, and how it adapts. */
export interface KlRewardConfig {
  /** β at the start: the cost of one nat of KL, in the reward or in the loss */
  readonly beta: number
  /**
   * null: β stays. Else β ← β (1 + gain · clip(KL / target − 1, ±0.2)) after each update, with KL the mean
   * of a response: Ziegler et al. 2019, arXiv:1909.08593, section 2.2.
   */
  readonly adaptive: {
    /** the KL of a response that β aims at, in nats, > 0 */
    readonly target: number
    /** how fast β follows, >= 0 */
    readonly gain: number
  } | null
}

/** How an iteration shapes what it learns from. */
export interface IterateLanguageConfig extends KlRewardConfig {
  /**
   * whitens the rewards of all tokens, after the KL was taken off them, as `whiten_rewards` of TRL does with
   * `whitenRewardsConfig`; absent: they stay as they are. It undoes a β or a score in units of your own.
   * Advantages are whitened by `advantage.normalise` of the parts' config.
   */
  readonly whitenRewards?: MaskedWhitenConfig
  /**
   * weighs whole responses without a value function; absent: advantages of each token by GAE. Every
   * iteration then begins new responses, and learns from those that began early enough to end in it: see
   * `wholeResponses`. Use `withoutValue` for the config of the parts.
   */
  readonly estimator?: ResponseEstimator & {
    /** tokens of a response at most, as the environment has it; at most the steps of an iteration */
    readonly longest: number
  }
  /**
   * what to keep predicting: γ times the cross-entropy of tokens of a corpus is added to the loss, one drawn for
   * each token of the rollout; Ouyang et al. 2022, arXiv:2203.02155, eq. 2. Set `corpusLoss` in the
   * config of the parts, too.
   */
  readonly corpus?: CorpusMix
}

/** The state of a run; all of it follows from where it began. */
export interface LanguageState {
  readonly run: TrainState<Sequence>
  readonly beta: number
  /** of REINFORCE: what it knows of the returns before; none by default */
  readonly baseline?: ReturnBaseline
}

/**
 * The metrics of an update: means over the responses that ended in it, or with an estimator over those that
 * it learned from; NaN where none did.
 */
export interface LanguageMetrics extends TokenUpdateMetrics, RunMetrics {
  /** per response, before the cost of the KL */
  readonly score: number
  /** KL(π ‖ ρ) of a response in nats: the mean over tokens, times tokens a response */
  readonly kl: number
  /** score − β · kl */
  readonly rlhfReward: number
  /** tokens of a response, EOS included */
  readonly length: number
  /** β of this update */
  readonly beta: number
}

const FACTOR = 0.2

/**
 * The next coefficient β of the KL, after an update whose responses had the mean `kl`, in nats: β
 * (1 + gain · clip(KL / target − 1, −0.2, 0.2)). `beta` > 0 stays as it is without an adaptive
 * controller. Ziegler et al. 2019, arXiv:1909.08593, section 2.2.
 */
export const nextBeta = ({ adaptive }: KlRewardConfig, beta: number, kl: number): number => {
  if (adaptive === null || !Number.isFinite(kl)) return beta
  const error = Math.max(-FACTOR, Math.min(FACTOR, kl / adaptive.target - 1))
  return beta * (1 + adaptive.gain * error)
}

/** @throws RangeError unless a corpus and an estimator of whole responses fit the config of the parts */
const expectUsable = (
  { whitenRewards, estimator, corpus }: IterateLanguageConfig,
  { advantage, envs, recomputeAdvantages, corpusLoss = false }: LanguagePpoConfig,
): void => {
  if (corpusLoss !== (corpus !== undefined))
    throw new RangeError(
      `corpus: expected ${corpusLoss ? 'one, since the parts have a corpusLoss, got none' : 'none, since the parts have no corpusLoss, got one'}`,
    )
  if (estimator === undefined) return
  if (advantage.normalise !== 'none')
    throw new RangeError(
      `advantage.normalise: expected none with an estimator, got ${advantage.normalise}: see withoutValue`,
    )
  if (recomputeAdvantages)
    throw new RangeError('recomputeAdvantages: expected false with an estimator, got true')
  if (whitenRewards !== undefined)
    throw new RangeError('whitenRewards: expected none with an estimator, got one: leave it out')
  if (estimator.kind !== 'reinforce' && estimator.size > envs)
    throw new RangeError(
      `estimator.size: expected at most the ${envs} environments, got ${estimator.size}`,
    )
}

/**
 * An iteration of PPO on a language environment, which gives the score at the end. The KL from ρ stands in
 * one of two places:
 *
 * - In the reward, where the config of the parts has no `referenceKl`: the `shape` stage takes
 *   β (log π − log ρ) off the reward of each token. No other estimator of the KL may stand there. A policy
 *   gradient treats the cost of a token as a constant, and so misses E[∂cost/∂θ] of ∂E[cost]/∂θ, which is 0
 *   for log π − log ρ alone: with k₂, k₃ or the KL over all tokens, policies move away from ρ even where
 *   nothing is scored.
 * - In the loss, where it has one: see `LanguagePpoConfig`. The reward is then the score alone.
 *
 * @param reference ρ, the language model that the policy started as
 * @returns a function of the state of a run; it is recorded once, so keep it
 * @throws RangeError unless β >= 0, the target and gain of a controller are above 0, and an estimator and a
 * corpus fit the config of the parts
 */
export const iterateLanguage = (
  kl: IterateLanguageConfig,
  parts: LanguageParts,
  model: LanguageModel,
  reference: LanguageParams,
  how: BackendChoice = 'auto',
): ((state: LanguageState) => [LanguageMetrics, LanguageState]) => {
  expectAtLeast('beta', kl.beta, 0)
  if (kl.adaptive !== null) {
    expectAbove('adaptive.target', kl.adaptive.target, 0)
    expectAbove('adaptive.gain', kl.adaptive.gain, 0)
  }
  const { whitenRewards, estimator } = kl
  const { config } = parts
  expectUsable(kl, config)
  const stages = languagePpo.stages(config, parts)
  const rows = config.envs * config.steps
  const { dtype } = parts.policy.machine
  const draw = kl.corpus === undefined ? null : corpusMix(model, kl.corpus, rows, dtype)
  const compare = fromReference(model, reference, parts.policy, rows, how)

  return ({ run, beta, baseline = noBaseline }) => {
    let outcome = { score: NaN, kl: NaN, length: NaN }
    let after = baseline
    let compared: FromReference | null = null
    const next = iteration<Sequence, OptimState, TokenUpdateMetrics>(config, {
      ...stages,
      act: (params, key, normaliser, update) => (envState) =>
        stages.act(
          params,
          key,
          normaliser,
          update,
        )(estimator === undefined ? envState : parts.env.init(key)),
      shape: (acted, normaliser) => {
        compared = compare(run.learner.params, acted.trajectory)
        outcome =
          estimator === undefined
            ? ofEpisodes(acted, compared.kl)
            : ofWholeResponses(acted, compared.kl, estimator.longest)
        const costly =
          config.referenceKl === undefined ? withKlReward(acted, compared, beta) : acted
        const shaped =
          whitenRewards === undefined ? costly : withWhiteRewards(costly, whitenRewards)
        return [shaped, normaliser]
      },
      estimate: (trajectory) => {
        const samples = stages.estimate(trajectory)
        const weighed =
          estimator === undefined
            ? null
            : responseAdvantages(estimator, estimator.longest, trajectory, baseline)
        after = weighed?.baseline ?? baseline
        return {
          ...tokenSamplesOf(samples, config.referenceKl, compared!, beta, weighed),
          // The children of the key that acts and learns come from `split`.
          ...draw?.(foldIn(run.key, 0)),
        }
      },
    })
    const [metrics, ended] = runSync(next(run))
    const rlhfReward = outcome.score - beta * outcome.kl
    return [
      { ...metrics, ...outcome, rlhfReward, beta },
      {
        run: ended,
        beta: nextBeta(kl, beta, outcome.kl),
        ...(estimator?.kind === 'reinforce' ? { baseline: after } : {}),
      },
    ]
  }
}

import type { BackendChoice } from '../algo/agent.ts'
import { fitted, type FitMetrics, type Fitted } from '../algo/fit.ts'
import type { FitState, Fitting } from '../algo/fitSteps.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import type { AdamState } from '../optim/adam.ts'
import type { Key } from '../random/key.ts'
import { expectAbove } from '../tensor/argument.ts'
import type { Comparison } from './comparison.ts'
import { expectComparisons } from './comparisonSamples.ts'
import { dpoLoss, dpoSamples } from './dpoLoss.ts'
import type { Sequence } from './encode.ts'
import { epochsOf, fitTokens, type FitTokensConfig } from './fitTokens.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import { sequenceLogProbs } from './sequenceLogProbs.ts'

/** A sample is a comparison. */
export interface FitDpoConfig extends FitTokensConfig {
  /** β > 0: what a nat of log π − log ρ is worth; smaller moves further from ρ */
  readonly beta: number
  /** optimiser steps, rounded to whole passes over the comparisons */
  readonly steps: number
}

/** The config by which a language model is fitted to comparisons with DPO. */
export const fitDpoConfig: FitDpoConfig = {
  beta: 0.1,
  steps: 200,
  batch: 64,
  learningRate: 5e-4,
  weightDecay: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
}

/**
 * Direct preference optimisation, one minibatch whenever the next step is asked for.
 *
 * @returns a function that also continues from a state: see `fitSteps`
 * @throws RangeError unless β > 0, when there is no comparison, or one of fewer than two responses
 */
export const fitDpoSteps =
  (
    config: FitDpoConfig,
    model: LanguageModel,
    reference: LanguageParams,
    how: BackendChoice = 'auto',
  ) =>
  (
    params: LanguageParams,
    comparisons: readonly Comparison[],
    key: Key,
    from: FitState<TokenMlp, AdamState> | null = null,
  ): Fitting<TokenMlp, AdamState> => {
    expectAbove('beta', config.beta, 0)
    expectComparisons(comparisons)
    const all = sequenceLogProbs(
      model,
      1,
      how,
    )(
      reference,
      comparisons.flatMap(({ ranked }) => ranked),
    )
    let at = 0
    const rho = comparisons.map(({ ranked }) => all.slice(at, (at += ranked.length)))
    return fitTokens(
      config,
      {
        count: comparisons.length,
        epochs: epochsOf(config.steps),
        loss: dpoLoss(model),
        samples: (batch, dtype) => dpoSamples(model, comparisons, config.beta, rho, batch, dtype),
      },
      how,
    )(params, key, from)
  }

/**
 * Fits a language model to comparisons without a reward model or a rollout, by AdamW on `dpoLoss`. Where
 * preferences are those of Bradley and Terry for a reward r, and there are enough of them, the optimum is
 * that of PPO: π ∝ ρ exp(r/β).
 *
 *     const { params } = fitDpo(fitDpoConfig, model, tuned)(tuned, comparisons, key(1))
 *
 * @param reference ρ, usually the language model to start from
 * @returns a function of the parameters to start from, the comparisons and the key of their order
 * @throws RangeError unless β > 0, when there is no comparison, or one of fewer than two responses
 */
export const fitDpo =
  (
    config: FitDpoConfig,
    model: LanguageModel,
    reference: LanguageParams,
    how: BackendChoice = 'auto',
  ) =>
  (
    params: LanguageParams,
    comparisons: readonly Comparison[],
    key: Key,
    onEpoch?: (metrics: FitMetrics) => void,
  ): Fitted<TokenMlp, AdamState> =>
    fitted(fitDpoSteps(config, model, reference, how)(params, comparisons, key), onEpoch)

/**
 * The reward that DPO attributes to a policy, up to a constant: β (log π − log ρ) of each response,
 * including its EOS. Use it with `margins` and `accuracy`. Rafailov et al. 2023, arXiv:2305.18290,
 * section 4.
 *
 * @param beta β > 0
 * @returns a function of the policy's parameters and responses; it is recorded once, so keep it
 * @throws RangeError unless β > 0
 */
export const implicitRewards = (
  beta: number,
  model: LanguageModel,
  reference: LanguageParams,
  how: BackendChoice = 'auto',
): ((params: LanguageParams, responses: readonly Sequence[]) => readonly number[]) => {
  expectAbove('beta', beta, 0)
  const logProbs = sequenceLogProbs(model, 1, how)
  const sum = (x: readonly number[]): number => x.reduce((all, xi) => all + xi, 0)
  return (params, responses) => {
    const rho = logProbs(reference, responses)
    return logProbs(params, responses).map((pi, i) => beta * (sum(pi) - sum(rho[i]!)))
  }
}

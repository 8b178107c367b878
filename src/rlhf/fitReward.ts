import type { BackendChoice } from '../algo/agent.ts'
import { fitted, type FitMetrics, type Fitted } from '../algo/fit.ts'
import type { FitState, Fitting } from '../algo/fitSteps.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import type { AdamState } from '../optim/adam.ts'
import type { Key } from '../random/key.ts'
import type { Comparison } from './comparison.ts'
import { comparisonLoss } from './comparisonLoss.ts'
import { comparisonSamples, expectComparisons } from './comparisonSamples.ts'
import { epochsOf, fitTokens, type FitTokensConfig } from './fitTokens.ts'
import type { RewardModel, RewardParams } from './rewardModel.ts'

/** A sample is a comparison. */
export interface FitRewardConfig extends FitTokensConfig {
  /** optimiser steps, rounded to whole passes over the comparisons */
  readonly steps: number
}

/** The config by which a reward model is fitted to comparisons. */
export const fitRewardConfig: FitRewardConfig = {
  steps: 200,
  batch: 64,
  learningRate: 3e-3,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
}

/**
 * Fits a reward model to comparisons by AdamW, one minibatch whenever the next step is asked for.
 *
 * @returns a function that also continues from a state: see `fitSteps`
 * @throws RangeError when there is no comparison, or one of fewer than two responses
 */
export const fitRewardSteps =
  (config: FitRewardConfig, model: RewardModel, how: BackendChoice = 'auto') =>
  (
    params: RewardParams,
    comparisons: readonly Comparison[],
    key: Key,
    from: FitState<TokenMlp, AdamState> | null = null,
  ): Fitting<TokenMlp, AdamState> => {
    expectComparisons(comparisons)
    return fitTokens(
      config,
      {
        count: comparisons.length,
        epochs: epochsOf(config.steps),
        loss: comparisonLoss(model),
        samples: (batch, dtype) => comparisonSamples(model, comparisons, batch, dtype),
      },
      how,
    )(params, key, from)
  }

/**
 * Fits a reward model to comparisons by AdamW.
 *
 * @returns a function of the parameters to start from, the comparisons and the key of their order
 * @throws RangeError when there is no comparison, or one of fewer than two responses
 */
export const fitReward =
  (config: FitRewardConfig, model: RewardModel, how: BackendChoice = 'auto') =>
  (
    params: RewardParams,
    comparisons: readonly Comparison[],
    key: Key,
    onEpoch?: (metrics: FitMetrics) => void,
  ): Fitted<TokenMlp, AdamState> =>
    fitted(fitRewardSteps(config, model, how)(params, comparisons, key), onEpoch)

import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { fitted, type FitMetrics, type Fitted } from '../algo/fit.ts'
import { fitSteps, type FitState, type Fitting } from '../algo/fitSteps.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import type { AdamState } from '../optim/adam.ts'
import { adamW } from '../optim/adamW.ts'
import { cosine } from '../optim/schedule.ts'
import type { Key } from '../random/key.ts'
import type { Comparison } from './comparison.ts'
import { comparisonLoss, comparisonSamples } from './comparisonLoss.ts'
import type { RewardModel, RewardParams } from './rewardModel.ts'

export interface FitRewardConfig {
  /** optimiser steps, rounded to whole passes over the comparisons */
  readonly steps: number
  /** comparisons of a minibatch */
  readonly batch: number
  /** of the first step; falls to 0 along half a cosine */
  readonly learningRate: number
  readonly weightDecay: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

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
 * @returns a function that also goes on from a state: see `fitSteps`
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
    if (comparisons.length === 0)
      throw new RangeError('comparisons: expected at least one, got none')
    comparisons.forEach(({ ranked }, row) => {
      if (ranked.length < 2)
        throw new RangeError(
          `comparisons[${row}]: expected at least two responses, got ${ranked.length}`,
        )
    })
    const { steps, batch, learningRate, weightDecay, beta1, beta2, epsilon } = config
    const { dtype, machine } = chosenBackend(how)
    const minibatches = Math.ceil(comparisons.length / batch)
    const epochs = Math.max(1, Math.round(steps / minibatches))
    const optimizer = adamW(machine, {
      learningRate: cosine(learningRate, epochs * minibatches),
      weightDecay,
      beta1,
      beta2,
      epsilon,
    })
    const samples = comparisonSamples(model, comparisons, batch, dtype)
    return fitSteps({ epochs, minibatches }, comparisonLoss(model), optimizer, how)(
      params,
      samples,
      key,
      null,
      from,
    )
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

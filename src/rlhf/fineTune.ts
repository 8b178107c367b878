import { fitted, type FitMetrics, type Fitted } from '../algo/fit.ts'
import { fitSteps, type FitState, type Fitting } from '../algo/fitSteps.ts'
import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { adamW } from '../optim/adamW.ts'
import type { AdamState } from '../optim/adam.ts'
import { cosine } from '../optim/schedule.ts'
import type { Key } from '../random/key.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import { countTokens, tokenSamples } from './context.ts'
import type { Sequence } from './encode.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import { nextTokenLoss } from './nextTokenLoss.ts'

export interface FineTuneConfig {
  /** passes over the tokens of all sequences */
  readonly epochs: number
  /** tokens of a minibatch */
  readonly batch: number
  /** of the first step; falls to 0 along half a cosine */
  readonly learningRate: number
  readonly weightDecay: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

export const fineTuneConfig: FineTuneConfig = {
  epochs: 8,
  batch: 256,
  learningRate: 4e-3,
  weightDecay: 0.02,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
}

/**
 * Supervised fine-tuning, one minibatch whenever the next step is asked for.
 *
 * @returns a function that also goes on from a state: see `fitSteps`
 * @throws RangeError when there is no sequence, or a loss is not finite
 */
export const fineTuneSteps =
  (config: FineTuneConfig, model: LanguageModel, how: BackendChoice = 'auto') =>
  (
    params: LanguageParams,
    sequences: readonly Sequence[],
    key: Key,
    heldOut: readonly Sequence[] = [],
    from: FitState<TokenMlp, AdamState> | null = null,
  ): Fitting<TokenMlp, AdamState> => {
    if (sequences.length === 0) throw new RangeError('sequences: expected at least one, got none')
    const { epochs, batch, learningRate, weightDecay, beta1, beta2, epsilon } = config
    const { dtype, machine } = chosenBackend(how)
    const { vocabulary } = model
    const { window } = model.config
    const minibatches = Math.ceil(countTokens(sequences) / batch)
    const optimizer = adamW(machine, {
      learningRate: cosine(learningRate, epochs * minibatches),
      weightDecay,
      beta1,
      beta2,
      epsilon,
    })
    return fitSteps({ epochs, minibatches }, nextTokenLoss(model), optimizer, how)(
      params,
      tokenSamples(vocabulary, window, sequences, batch, dtype),
      key,
      heldOut.length === 0 ? null : tokenSamples(vocabulary, window, heldOut, 1, dtype),
      from,
    )
  }

/**
 * Supervised fine-tuning: fits a language model to sequences by AdamW on the cross-entropy of the next
 * token.
 *
 *     const { params } = fineTune(fineTuneConfig, model)(model.init(key(1)), train, key(2), heldOut)
 *
 * @returns a function of the parameters to start from, the sequences, the key of their order, and, if
 * there are any, sequences to measure with after each epoch
 * @throws RangeError when there is no sequence, or a loss is not finite
 */
export const fineTune =
  (config: FineTuneConfig, model: LanguageModel, how: BackendChoice = 'auto') =>
  (
    params: LanguageParams,
    sequences: readonly Sequence[],
    key: Key,
    heldOut: readonly Sequence[] = [],
    onEpoch?: (metrics: FitMetrics) => void,
  ): Fitted<TokenMlp, AdamState> =>
    fitted(fineTuneSteps(config, model, how)(params, sequences, key, heldOut), onEpoch)

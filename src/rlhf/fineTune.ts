import type { BackendChoice } from '../algo/agent.ts'
import { fitted, type FitMetrics, type Fitted } from '../algo/fit.ts'
import type { FitState, Fitting } from '../algo/fitSteps.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import type { AdamState } from '../optim/adam.ts'
import type { Key } from '../random/key.ts'
import { countTokens, tokenSamples } from './context.ts'
import type { Sequence } from './encode.ts'
import { fitTokens, type FitTokensConfig } from './fitTokens.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import { nextTokenLoss } from './nextTokenLoss.ts'

/** A sample is a token. */
export interface FineTuneConfig extends FitTokensConfig {
  /** passes over the tokens of all sequences */
  readonly epochs: number
}

/** The config by which a language model is fitted to a corpus. */
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
 * @returns a function that also continues from a state: see `fitSteps`
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
    const { vocabulary } = model
    const { window } = model.config
    return fitTokens(
      config,
      {
        count: countTokens(sequences),
        epochs: () => config.epochs,
        loss: nextTokenLoss(model),
        samples: (batch, dtype) => tokenSamples(vocabulary, window, sequences, batch, dtype),
        heldOut:
          heldOut.length === 0
            ? null
            : (dtype) => tokenSamples(vocabulary, window, heldOut, 1, dtype),
      },
      how,
    )(params, key, from)
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

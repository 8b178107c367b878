import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import type { Batch } from '../algo/descent.ts'
import { fitSteps, type FitState, type Fitting, type LossGrad } from '../algo/fitSteps.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import type { AdamState } from '../optim/adam.ts'
import { adamW } from '../optim/adamW.ts'
import { cosine } from '../optim/schedule.ts'
import type { Key } from '../random/key.ts'
import type { Params } from '../tensor/params.ts'

/** AdamW over minibatches, as every network of tokens is fitted. */
export interface FitTokensConfig {
  /** samples of a minibatch */
  readonly batch: number
  /** of the first step; falls to 0 along half a cosine */
  readonly learningRate: number
  /** λ >= 0 of AdamW */
  readonly weightDecay: number
  /** β₁ in [0, 1) of AdamW */
  readonly beta1: number
  /** β₂ in [0, 1) of AdamW */
  readonly beta2: number
  /** ε > 0 of AdamW */
  readonly epsilon: number
}

/** What a network of tokens is fitted to. */
export interface TokenFit<B extends Batch> {
  /** samples that count; a batch size that does not divide them adds others of weight 0 */
  readonly count: number
  /** passes over them, of so many minibatches each */
  readonly epochs: (minibatches: number) => number
  readonly loss: LossGrad<TokenMlp, B>
  readonly samples: (batch: number, dtype: 'f32' | 'f64') => B
  /** samples to measure with after each epoch; null: none */
  readonly heldOut?: ((dtype: 'f32' | 'f64') => B) | null
}

/**
 * Fits a network of tokens by AdamW, one minibatch whenever the next step is asked for: the frame of
 * `fineTune`, `fitReward` and `fitDpo`.
 *
 * @returns a function of the parameters to start from, the key of the samples' order, and a state to go
 * on from: see `fitSteps`
 * @throws RangeError when a loss is not finite
 */
export const fitTokens =
  <B extends Batch>(
    { batch, learningRate, ...adam }: FitTokensConfig,
    { count, epochs: epochsOf, loss, samples, heldOut = null }: TokenFit<B>,
    how: BackendChoice = 'auto',
  ) =>
  (
    params: Params<TokenMlp>,
    key: Key,
    from: FitState<TokenMlp, AdamState> | null = null,
  ): Fitting<TokenMlp, AdamState> => {
    const { dtype, machine } = chosenBackend(how)
    const minibatches = Math.ceil(count / batch)
    const epochs = epochsOf(minibatches)
    const { weightDecay, beta1, beta2, epsilon } = adam
    const optimizer = adamW(machine, {
      learningRate: cosine(learningRate, epochs * minibatches),
      weightDecay,
      beta1,
      beta2,
      epsilon,
    })
    return fitSteps({ epochs, minibatches }, loss, optimizer, how)(
      params,
      samples(batch, dtype),
      key,
      heldOut === null ? null : heldOut(dtype),
      from,
    )
  }

/** So many steps, rounded to whole passes, of which there is at least one. */
export const epochsOf =
  (steps: number) =>
  (minibatches: number): number =>
    Math.max(1, Math.round(steps / minibatches))

import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { categorical } from '../distribution/categorical.ts'
import { f64 } from '../math/real.ts'
import { expectAbove } from '../tensor/argument.ts'
import { data, type Floats } from '../tensor/tensor.ts'
import type { Sequence } from './encode.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import { perToken } from './perToken.ts'

/**
 * The log-probabilities log p(token | tokens before it) of each token of a sequence, and of EOS at
 * its end, in nats.
 */
export type LogProbs = readonly number[]

/**
 * The log-probabilities of sequences under a language model, one for each token and one for EOS.
 *
 * @param temperature τ > 0, which divides the logits
 * @returns a function of parameters and sequences; it is recorded once, so keep it
 * @throws RangeError unless τ > 0
 */
export const sequenceLogProbs = (
  { logits, init, vocabulary, config: { window } }: LanguageModel,
  temperature = 1,
  how: BackendChoice = 'auto',
): ((params: LanguageParams, sequences: readonly Sequence[]) => readonly LogProbs[]) => {
  expectAbove('temperature', temperature, 0)
  const { dtype } = chosenBackend(how)
  return perToken(
    {
      vocabulary,
      like: init({ words: [0, 0] }, dtype),
      window,
      context: 'before',
      compute: (machine, tree, context, token) => {
        const [param] = logits(machine, tree, context)
        const x = data(param) as Floats
        if (temperature !== 1) machine.vector.scale(x, x, 1 / temperature)
        return data(categorical.at(param, null, machine).logProb(token))
      },
    },
    how,
  )
}

/** How well a language model predicts sequences. */
export interface CrossEntropy {
  /** mean of −log p over tokens, EOS among them: of characters, nats per character */
  readonly nats: number
  /** e^nats */
  readonly perplexity: number
  /** what the mean is over */
  readonly tokens: number
}

/**
 * The mean of −log p over all tokens.
 *
 * @throws RangeError where there are none
 */
export const crossEntropy = (logProbs: readonly LogProbs[]): CrossEntropy => {
  let [sum, tokens] = [0, 0]
  for (const sequence of logProbs)
    for (const logProb of sequence) {
      sum -= logProb
      tokens++
    }
  if (tokens === 0) throw new RangeError('logProbs: expected at least one, got none')
  return { nats: sum / tokens, perplexity: f64.exp(sum / tokens), tokens }
}

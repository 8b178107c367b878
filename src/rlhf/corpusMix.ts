import type { Samples } from '../algo/samples.ts'
import type { Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import { expectAtLeast } from '../tensor/argument.ts'
import { data, own } from '../tensor/tensor.ts'
import { countTokens, tokenSamples } from './context.ts'
import type { Sequence } from './encode.ts'
import type { LanguageModel } from './languageModel.ts'

/** Tokens to keep predicting while PPO raises a score. */
export interface CorpusMix {
  /** γ >= 0, the weight of their mean cross-entropy in the loss */
  readonly gamma: number
  /** such as those that the language model was fine-tuned on */
  readonly sequences: readonly Sequence[]
}

/**
 * Draws a token of a corpus, EOS included, for each of n samples: uniformly, with replacement, token i by
 * number i of the key.
 *
 * @returns what `withCorpusLoss` reads, as a function of a key
 * @throws RangeError unless γ >= 0 and there is a sequence
 */
export const corpusMix = (
  { vocabulary, config: { window } }: Pick<LanguageModel, 'vocabulary' | 'config'>,
  { gamma, sequences }: CorpusMix,
  n: number,
  dtype: 'f32' | 'f64',
): ((key: Key) => Pick<Samples, 'corpusContext' | 'corpusNext' | 'corpusWeight'>) => {
  expectAtLeast('corpus.gamma', gamma, 0)
  if (sequences.length === 0)
    throw new RangeError('corpus.sequences: expected at least one, got none')
  const count = countTokens(sequences)
  const all = tokenSamples(vocabulary, window, sequences)
  const [contexts, nexts] = [data(all.context) as Int32Array, data(all.next)]
  const weight = (dtype === 'f32' ? new Float32Array(n) : new Float64Array(n)).fill(gamma)
  return (key) => {
    const context = new Int32Array(n * window)
    const next = new Int32Array(n)
    for (let i = 0; i < n; i++) {
      const token = Math.floor(uniformAt(key, i) * count)
      context.set(contexts.subarray(token * window, (token + 1) * window), i * window)
      next[i] = nexts[token]!
    }
    return {
      corpusContext: own(['sample', 'feature'], [n, window], context),
      corpusNext: own(['sample'], [n], next),
      corpusWeight: own(['sample'], [n], weight),
    }
  }
}

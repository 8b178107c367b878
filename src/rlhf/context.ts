import { own, type Floats, type Tensor } from '../tensor/tensor.ts'
import type { Sequence } from './encode.ts'
import { tokenIds, type Vocabulary } from './vocabulary.ts'

type Tokens = Pick<Vocabulary, 'tokens'>

/**
 * Writes the `window` tokens before place `at` of a sequence to `out`, from `from` on: BOS stands before
 * the first token, and PAD before BOS.
 */
export const writeContext = (
  out: { [i: number]: number },
  from: number,
  sequence: ArrayLike<number>,
  at: number,
  window: number,
  { bos, pad }: { readonly bos: number; readonly pad: number },
): void => {
  for (let j = 0; j < window; j++) {
    const place = at - window + j
    out[from + j] = place >= 0 ? sequence[place]! : place === -1 ? bos : pad
  }
}

/** What a language model learns from: a sample for each token of each sequence, EOS included. */
export type TokenSamples = {
  /** the tokens before it, [sample, feature=window], i32 */
  readonly context: Tensor<['sample', 'feature']>
  /** the token, [sample], i32 */
  readonly next: Tensor<['sample']>
  /** its weight in the loss; 0 masks a sample */
  readonly weight: Tensor<['sample']>
}

/** How many samples sequences make: their tokens, and an EOS each. */
export const countTokens = (sequences: readonly Sequence[]): number =>
  sequences.reduce((sum, { length }) => sum + length + 1, 0)

/**
 * The samples of sequences, in order: each token with the `window` tokens before it, a whole number >= 1.
 * A batch size that does not divide their number adds samples of weight 0 at the end. The weights of
 * all others are then n / count, so that the mean over all n samples is the mean over tokens.
 *
 * @param batch samples of a minibatch, a whole number >= 1
 */
export const tokenSamples = (
  vocabulary: Tokens,
  window: number,
  sequences: readonly Sequence[],
  batch = 1,
  dtype: 'f32' | 'f64' = 'f32',
): TokenSamples => {
  const ids = tokenIds(vocabulary)
  const count = countTokens(sequences)
  const n = Math.ceil(count / batch) * batch
  const context = new Int32Array(n * window).fill(ids.pad)
  const next = new Int32Array(n).fill(ids.eos)
  const weight: Floats = dtype === 'f32' ? new Float32Array(n) : new Float64Array(n)
  let sample = 0
  for (const sequence of sequences)
    for (let at = 0; at <= sequence.length; at++) {
      writeContext(context, sample * window, sequence, at, window, ids)
      next[sample] = sequence[at] ?? ids.eos
      weight[sample] = n / count
      sample++
    }
  return {
    context: own(['sample', 'feature'], [n, window], context),
    next: own(['sample'], [n], next),
    weight: own(['sample'], [n], weight),
  }
}

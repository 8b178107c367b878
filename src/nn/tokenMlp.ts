import { expectCount } from '../tensor/argument.ts'
import { dense, type Dense, type DenseCache, type WeightInit } from './dense.ts'
import { embedding, type Embedding } from './embedding.ts'
import type { Batch, Layer } from './layer.ts'
import { sequential, type Sequential } from './sequential.ts'

/** `layer0` is the embedding, the others are dense. */
export type TokenMlp = Sequential<Embedding | Dense>

/** The sizes of a network over a window of tokens. */
export interface TokenMlpSpec {
  /** different tokens */
  readonly tokens: number
  /** tokens in a row of the batch */
  readonly window: number
  /** numbers in the vector of a token */
  readonly embedding: number
  /** outputs of each hidden layer */
  readonly hidden: readonly number[]
  readonly outputs: number
  /**
   * standard deviation of the first embeddings, and orthogonal gains of the hidden layers and the last;
   * 1 by default
   */
  readonly gain?: { readonly embedding: number; readonly hidden: number; readonly output: number }
  /** `orthogonal` by default */
  readonly weights?: WeightInit
}

/**
 * The vectors of a row's tokens side by side, then tanh layers, then a linear one:
 * Bengio et al. 2003, "A neural probabilistic language model", without direct connections.
 * x [B, feature=window] of token numbers → y [B, feature=outputs].
 *
 * @throws RangeError unless sizes are whole numbers >= 1
 */
export const tokenMlp = ({
  tokens,
  window,
  embedding: size,
  hidden,
  outputs,
  gain = { embedding: 1, hidden: 1, output: 1 },
  weights = 'orthogonal',
}: TokenMlpSpec): Layer<TokenMlp, ReadonlyArray<Batch<string> | DenseCache>> => {
  expectCount('window', window)
  expectCount('embedding', size)
  hidden.forEach((width, i) => expectCount(`hidden[${i}]`, width))
  const sizes = [window * size, ...hidden]
  return sequential([
    embedding(tokens, size, { inputs: window, gain: gain.embedding }),
    ...hidden.map((width, i) => dense(sizes[i]!, width, { gain: gain.hidden, weights })),
    dense(sizes.at(-1)!, outputs, { activation: 'linear', gain: gain.output, weights }),
  ])
}

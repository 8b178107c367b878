import type { Machine } from '../kernel/machine.ts'
import type { DenseCache } from '../nn/dense.ts'
import type { Batch, Layer } from '../nn/layer.ts'
import { tokenMlp, type TokenMlp } from '../nn/tokenMlp.ts'
import type { Key } from '../random/key.ts'
import { pack, type Params } from '../tensor/params.ts'
import { reshape, type Tensor } from '../tensor/tensor.ts'
import { tokenIds, type Vocabulary } from './vocabulary.ts'

/** The sizes of a language model. */
export interface LanguageModelConfig {
  /** number of tokens before the next one that it reads */
  readonly window: number
  /** numbers in the vector of a token */
  readonly embedding: number
  /** outputs of each tanh layer */
  readonly hidden: readonly number[]
}

/** 8 tokens, 16 numbers each, two layers of 128. */
export const languageModelConfig: LanguageModelConfig = {
  window: 8,
  embedding: 16,
  hidden: [128, 128],
}

/** The parameters of a language model. */
export type LanguageParams = Params<TokenMlp>

type Cache = ReadonlyArray<Batch<string> | DenseCache>

/** The probability of the next token given the `window` tokens before it, as a function of parameters. */
export interface LanguageModel {
  readonly config: LanguageModelConfig
  readonly vocabulary: Vocabulary
  /** contexts [B, feature=window] → logits [B, feature] of the tokens and EOS */
  readonly network: Layer<TokenMlp, Cache>
  readonly init: (key: Key, dtype?: 'f32' | 'f64') => LanguageParams
  readonly logits: <B extends string>(
    machine: Machine,
    tree: TokenMlp,
    context: Batch<B>,
  ) => [Tensor<[B, 'param']>, Cache]
}

/**
 * A tanh MLP over the vectors of the last tokens: see `nn.tokenMlp`. It starts from small last weights,
 * so that at first every token is about equally probable.
 *
 * @throws RangeError unless sizes are whole numbers >= 1
 */
export const languageModel = (
  vocabulary: Vocabulary,
  config: LanguageModelConfig = languageModelConfig,
): LanguageModel => {
  const { read, written } = tokenIds(vocabulary)
  const network = tokenMlp({
    ...config,
    tokens: read,
    outputs: written,
    gain: { embedding: 1, hidden: 1, output: 0.1 },
  })
  return {
    config,
    vocabulary,
    network,
    init: (key, dtype = 'f32') => pack(network.init(key, dtype)),
    logits: (machine, tree, context) => {
      const [out, cache] = network.forward(machine, tree, context)
      return [reshape(out, [out.dims[0], 'param'], [out.shape[0], written]), cache]
    },
  }
}

import type { Activation } from './activation.ts'
import { dense, type Dense, type DenseCache, type WeightInit } from './dense.ts'
import { identity, type Layer } from './layer.ts'
import { sequential } from './sequential.ts'

/** The parameters of dense layers in order: `layer0`, `layer1`, … */
export type Mlp = { readonly [layer: string]: Dense }

/** The sizes and settings of a multilayer perceptron. */
export interface MlpSpec {
  /** from the input to the output; just one makes a network without layers, y = x */
  readonly sizes: readonly number[]
  /** orthogonal gains of all layers but the last, and of the last; 1 by default */
  readonly gain?: { readonly hidden: number; readonly output: number }
  /** `orthogonal` by default */
  readonly weights?: WeightInit
  /** of all layers but the last; `tanh` by default */
  readonly activation?: Activation
  /** of the last layer; `linear` by default */
  readonly last?: Activation
}

/**
 * A multilayer perceptron: dense layers in order, x [B, sizes[0]] → y [B, last size]. Each layer
 * takes all outputs of the one before.
 *
 * @throws RangeError when there is no size
 */
export const mlp = ({
  sizes,
  gain = { hidden: 1, output: 1 },
  weights = 'orthogonal',
  activation = 'tanh',
  last = 'linear',
}: MlpSpec): Layer<Mlp, readonly DenseCache[]> => {
  const layers = sizes.length - 1
  if (layers < 0) throw new RangeError('sizes: expected at least the input, got none')
  if (layers === 0) return identity(sizes[0]!)
  return sequential(
    Array.from({ length: layers }, (_, i) => {
      const isLast = i === layers - 1
      return dense(sizes[i]!, sizes[i + 1]!, {
        activation: isLast ? last : activation,
        gain: isLast ? gain.output : gain.hidden,
        weights,
      })
    }),
  )
}

/**
 * The sizes of a network from its input to its output. An empty tree has none, since it does not
 * say how large its input is.
 */
export const mlpSizes = (params: Mlp): readonly number[] => {
  const layers = Object.values(params)
  return layers.length === 0
    ? []
    : [layers[0]!.weight.shape[0], ...layers.map(({ weight }) => weight.shape[1])]
}

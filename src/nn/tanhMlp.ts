import type { Kernels } from '../kernel/kernels.ts'
import { split, type Key } from '../random/key.ts'
import { data, type Tensor } from '../tensor/tensor.ts'
import * as dense from './dense.ts'

/** Layers in order: `layer0` … are tanh, the last one is linear. */
export type TanhMlp = { readonly [layer: string]: dense.Dense }

export type TanhMlpCache = readonly dense.DenseCache[]

/** Sizes from input to output, and the orthogonal gains of the tanh layers and the last one. */
export interface TanhMlpSpec {
  readonly sizes: readonly number[]
  readonly hiddenGain: number
  readonly outputGain: number
}

const activationOf = (layer: number, layers: number): 'tanh' | 'linear' =>
  layer < layers - 1 ? 'tanh' : 'linear'

export const init = (
  kernels: Kernels,
  key: Key,
  { sizes, hiddenGain, outputGain }: TanhMlpSpec,
): TanhMlp => {
  const layers = sizes.length - 1
  const keys = split(key, layers)
  return Object.fromEntries(
    keys.map((layerKey, i) => {
      const gain = activationOf(i, layers) === 'tanh' ? hiddenGain : outputGain
      return [`layer${i}`, dense.init(kernels, layerKey, sizes[i]!, sizes[i + 1]!, gain)]
    }),
  )
}

/** x [B, in] → [B, out] */
export const forward = <B extends string>(
  kernels: Kernels,
  params: TanhMlp,
  x: dense.Batch<B>,
): [dense.Batch<B>, TanhMlpCache] => {
  const layers = Object.values(params)
  const caches: dense.DenseCache[] = []
  let y = x
  for (const [i, layer] of layers.entries()) {
    const [out, cache] = dense.forward(kernels, layer, y, activationOf(i, layers.length))
    caches.push(cache)
    y = out
  }
  return [y, caches]
}

/** The chain rule from the last layer to the first; the input's own gradient is not computed. */
export const backward = (
  kernels: Kernels,
  params: TanhMlp,
  caches: TanhMlpCache,
  dOut: Tensor,
): TanhMlp => {
  const layers = Object.entries(params)
  const grads: Array<[string, dense.Dense]> = []
  let dy = data(dOut)
  for (let i = layers.length - 1; i >= 0; i--) {
    const [name, layer] = layers[i]!
    const activation = activationOf(i, layers.length)
    const back = dense.backward(kernels, layer, caches[i]!, dy, activation, i > 0)
    grads.unshift([name, back.grads])
    if (back.dx !== null) dy = back.dx
  }
  return Object.fromEntries(grads)
}

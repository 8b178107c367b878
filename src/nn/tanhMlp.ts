import type { Kernels } from '../kernel/kernels.ts'
import { split, type Key } from '../random/key.ts'
import { data, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import * as dense from './dense.ts'

/** Layers in order: `layer0` … are tanh, the last one is linear unless said otherwise. */
export type TanhMlp = { readonly [layer: string]: dense.Dense }

export type TanhMlpCache<B extends string = string> = ReadonlyArray<dense.DenseCache<B>>

/** Sizes from input to output, and the orthogonal gains of the tanh layers and the last one. */
export interface TanhMlpSpec {
  readonly sizes: readonly number[]
  readonly hiddenGain: number
  readonly outputGain: number
  /** `orthogonal` unless said otherwise */
  readonly weights?: dense.WeightInit
}

const activationOf = (layer: number, layers: number, last: dense.Activation): dense.Activation =>
  layer < layers - 1 ? 'tanh' : last

export const init = (
  kernels: Kernels,
  key: Key,
  { sizes, hiddenGain, outputGain, weights = 'orthogonal' }: TanhMlpSpec,
): TanhMlp => {
  const layers = sizes.length - 1
  const keys = split(key, layers)
  return Object.fromEntries(
    keys.map((layerKey, i) => {
      const gain = i < layers - 1 ? hiddenGain : outputGain
      return [`layer${i}`, dense.init(kernels, layerKey, sizes[i]!, sizes[i + 1]!, gain, weights)]
    }),
  )
}

/** x [B, in] → [B, out]; without layers it is x. */
export const forward = <B extends string>(
  kernels: Kernels,
  params: TanhMlp,
  x: dense.Batch<B>,
  last: dense.Activation = 'linear',
): [dense.Batch<B>, TanhMlpCache<B>] => {
  const layers = Object.values(params)
  const caches: Array<dense.DenseCache<B>> = []
  let y = x
  for (const [i, layer] of layers.entries()) {
    const [out, cache] = dense.forward(kernels, layer, y, activationOf(i, layers.length, last))
    caches.push(cache)
    y = out
  }
  return [y, caches]
}

/** The chain rule from the last layer to the first, and through it to dL/dx [B, in] if wanted. */
export const backwardThrough = (
  kernels: Kernels,
  params: TanhMlp,
  caches: TanhMlpCache,
  dOut: Tensor,
  last: dense.Activation,
  wantsInput: boolean,
): { readonly grads: TanhMlp; readonly dx: ReadonlyNumbers } => {
  const layers = Object.entries(params)
  const grads: Array<[string, dense.Dense]> = []
  let dx = data(dOut)
  for (let i = layers.length - 1; i >= 0; i--) {
    const [name, layer] = layers[i]!
    const activation = activationOf(i, layers.length, last)
    const back = dense.backward(kernels, layer, caches[i]!, dx, activation, i > 0 || wantsInput)
    grads.unshift([name, back.grads])
    if (back.dx !== null) dx = back.dx
  }
  return { grads: Object.fromEntries(grads), dx }
}

/** The gradients of the parameters; the input's own gradient is not computed. */
export const backward = (
  kernels: Kernels,
  params: TanhMlp,
  caches: TanhMlpCache,
  dOut: Tensor,
  last: dense.Activation = 'linear',
): TanhMlp => backwardThrough(kernels, params, caches, dOut, last, false).grads

/**
 * The derivative of the output [B, out] along a direction of the parameters: layer by layer, what
 * has moved so far goes on as the next layer's dx. With J the output's derivative in all parameters
 * this is J t, where `backward` is Jᵀ v: ⟨v, J t⟩ = ⟨Jᵀ v, t⟩.
 *
 * @param tangent the direction t, a tree like `params`
 * @param dx the direction of the input, null where it stands still
 * @returns null where nothing moves: there are no layers, and the input stands still
 */
export const jvp = <B extends string>(
  kernels: Kernels,
  params: TanhMlp,
  tangent: TanhMlp,
  caches: TanhMlpCache<B>,
  dx: dense.Batch<B> | null = null,
  last: dense.Activation = 'linear',
): dense.Batch<B> | null => {
  const layers = Object.entries(params)
  let dy = dx
  for (const [i, [name, layer]] of layers.entries()) {
    const along = tangent[name]
    if (along === undefined)
      throw new RangeError(
        `tangent: expected ${Object.keys(params).join(', ')}, got ${Object.keys(tangent).join(', ')}`,
      )
    const activation = activationOf(i, layers.length, last)
    dy = dense.jvp(kernels, layer, along, caches[i]!, dy, activation)
  }
  return dy
}

import type { Machine } from '../kernel/machine.ts'
import { split } from '../random/key.ts'
import { part, type Batch, type CacheOf, type Layer, type ParamsOf, type Shard } from './layer.ts'

/** The parameters of layers in order: `layer0`, `layer1`, … */
export type Sequential<P> = { readonly [layer: string]: P }

/**
 * One layer after the other: f(x) = fₙ(… f₁(x)). By the chain rule, backward goes from the last
 * layer to the first with dx of one as dy of the one before, and jvp from the first to the last.
 * Layer i draws from child i of the key.
 *
 * @throws RangeError when there are no layers, or a layer's inputs are not the outputs before it
 */
export const sequential = <L extends Layer>(
  layers: readonly L[],
): Layer<Sequential<ParamsOf<L>>, ReadonlyArray<CacheOf<L>>> => {
  type P = ParamsOf<L>
  type C = CacheOf<L>
  const [first, last] = [layers[0], layers.at(-1)]
  if (first === undefined || last === undefined)
    throw new RangeError('layers: expected at least one, got none')
  for (let i = 1; i < layers.length; i++)
    if (layers[i]!.inputs !== layers[i - 1]!.outputs)
      throw new RangeError(
        `layers[${i}].inputs: expected ${layers[i - 1]!.outputs}, the outputs of the layer before, got ${layers[i]!.inputs}`,
      )
  const names = layers.map((_, i) => `layer${i}`)

  return {
    inputs: first.inputs,
    outputs: last.outputs,
    paramCount: layers.reduce((sum, { paramCount }) => sum + paramCount, 0),

    init: (key, dtype) => {
      const keys = split(key, layers.length)
      return Object.fromEntries(
        layers.map((layer, i) => [names[i]!, layer.init(keys[i]!, dtype) as P]),
      )
    },

    forward: (machine, params, x) => {
      const caches: C[] = []
      let y = x
      for (const [i, layer] of layers.entries()) {
        const [out, cache] = layer.forward(machine, part('params', params, names[i]!), y)
        caches.push(cache as C)
        y = out
      }
      return [y, caches]
    },

    backward: <B extends string>(
      machine: Machine,
      shards: ReadonlyArray<Shard<Sequential<P>>>,
      params: Sequential<P>,
      caches: readonly C[],
      dy: Batch<B>,
      wantsInput: boolean,
    ) => {
      let d: Batch<B> | null = dy
      for (let i = layers.length - 1; i >= 0; i--) {
        const name = names[i]!
        const own = shards.map(({ from, to, grads }) => ({
          from,
          to,
          grads: part('shards.grads', grads, name),
        }))
        d = layers[i]!.backward(machine, own, params[name]!, caches[i]!, d!, i > 0 || wantsInput)
      }
      return d
    },

    jvp: (machine, params, tangent, caches, dx) => {
      let d = dx
      for (const [i, layer] of layers.entries()) {
        const along = part('tangent', tangent, names[i]!)
        d = layer.jvp(machine, params[names[i]!]!, along, caches[i]!, d)
      }
      return d
    },
  }
}

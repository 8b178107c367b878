import type { Machine } from '../kernel/machine.ts'
import { split, type Key } from '../random/key.ts'
import type { ParamTree } from '../tensor/params.ts'
import { data, ownLike } from '../tensor/tensor.ts'
import { part, zeroGrads, type Batch, type Layer, type Shard } from './layer.ts'

/** The parameters of several networks that read one input, or the features of one `trunk`. */
export type HeadsParams<N extends string> = { readonly trunk?: ParamTree } & {
  readonly [K in N]: ParamTree
}

/** What the forward pass of a network with several heads keeps for its backward pass. */
export interface HeadsCache<N extends string> {
  /** null where there is no trunk */
  readonly trunk: unknown
  readonly heads: { readonly [K in N]: unknown }
}

/** Like a `Layer`, with several outputs, by name. */
export interface Heads<N extends string> {
  readonly inputs: number
  readonly outputs: { readonly [K in N]: number }
  readonly paramCount: number
  init(key: Key, dtype: 'f32' | 'f64'): HeadsParams<N>
  forward<B extends string>(
    machine: Machine,
    params: HeadsParams<N>,
    x: Batch<B>,
  ): [{ readonly [K in N]: Batch<B> }, HeadsCache<N>]
  /** One output alone; the way back from its cache is open for that head, and no other. */
  only<B extends string>(
    machine: Machine,
    params: HeadsParams<N>,
    name: N,
    x: Batch<B>,
  ): [Batch<B>, HeadsCache<N>]
  /**
   * As a layer's. The gradient of the features is the sum over the heads, in their order.
   *
   * @param dy null for a head that gets no gradient: that of its parameters is filled with 0
   */
  backward<B extends string>(
    machine: Machine,
    shards: ReadonlyArray<Shard<HeadsParams<N>>>,
    params: HeadsParams<N>,
    cache: HeadsCache<N>,
    dy: { readonly [K in N]: Batch<B> | null },
    wantsInput: boolean,
  ): Batch<B> | null
  /** How one output moves. */
  jvp<B extends string>(
    machine: Machine,
    params: HeadsParams<N>,
    tangent: HeadsParams<N>,
    cache: HeadsCache<N>,
    name: N,
    dx: Batch<B> | null,
  ): Batch<B> | null
}

const of = (argument: string, tree: ParamTree, name: string): ParamTree =>
  part(argument, tree, name) as ParamTree

const shardsOf = (
  shards: ReadonlyArray<Shard<ParamTree>>,
  name: string,
): ReadonlyArray<Shard<ParamTree>> =>
  shards.map(({ from, to, grads }) => ({ from, to, grads: of('shards.grads', grads, name) }))

const added = <B extends string>(machine: Machine, a: Batch<B>, b: Batch<B>): Batch<B> => {
  const sum = machine.alloc(a.shape[0] * a.shape[1])
  machine.vector.add(sum, data(a), data(b))
  return ownLike(a, sum)
}

const named = <N extends string, T>(names: readonly N[], of: (name: N) => T): Record<N, T> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<N, T>

/**
 * Networks that share their input, or with a trunk its features: yₙ = headₙ(trunk(x)). The trunk
 * draws from the first child of the key, the heads from the next ones in their order.
 *
 * @throws RangeError when a head's inputs are not the trunk's outputs, or the other heads' inputs
 */
export const heads = <N extends string>(
  trunk: Layer | null,
  layers: { readonly [K in N]: Layer },
): Heads<N> => {
  const names = Object.keys(layers) as N[]
  if (names.length === 0) throw new RangeError('layers: expected at least one head, got none')
  if (Object.hasOwn(layers, 'trunk'))
    throw new RangeError('layers: expected no head named trunk, got one: rename it')
  const features = trunk === null ? layers[names[0]!].inputs : trunk.outputs
  for (const name of names)
    if (layers[name].inputs !== features)
      throw new RangeError(
        `layers.${name}.inputs: expected ${features}, the number of features, got ${layers[name].inputs}`,
      )
  const all = [...(trunk === null ? [] : [trunk]), ...names.map((name) => layers[name])]
  type Params = HeadsParams<N>

  const featuresOf = <B extends string>(
    machine: Machine,
    params: Params,
    x: Batch<B>,
  ): [Batch<B>, unknown] =>
    trunk === null ? [x, null] : trunk.forward(machine, of('params', params, 'trunk'), x)

  return {
    inputs: trunk === null ? features : trunk.inputs,
    outputs: named(names, (name) => layers[name].outputs),
    paramCount: all.reduce((sum, { paramCount }) => sum + paramCount, 0),

    init: (key, dtype) => {
      const keys = split(key, all.length)
      const parts = all.map((layer, i) => layer.init(keys[i]!, dtype))
      const own = named(names, (name) => parts.at(names.indexOf(name) - names.length)!)
      return trunk === null ? own : { trunk: parts[0]!, ...own }
    },

    forward: <B extends string>(machine: Machine, params: Params, x: Batch<B>) => {
      const [shared, trunkCache] = featuresOf(machine, params, x)
      const both = named(names, (name) =>
        layers[name].forward(machine, of('params', params, name), shared),
      )
      const outputs = named(names, (name) => both[name][0])
      return [outputs, { trunk: trunkCache, heads: named(names, (name) => both[name][1]) }]
    },

    only: (machine, params, name, x) => {
      const [shared, trunkCache] = featuresOf(machine, params, x)
      const [y, cache] = layers[name].forward(machine, of('params', params, name), shared)
      const heads = named(names, (other) => (other === name ? cache : null))
      return [y, { trunk: trunkCache, heads }]
    },

    backward: <B extends string>(
      machine: Machine,
      shards: ReadonlyArray<Shard<Params>>,
      params: Params,
      cache: HeadsCache<N>,
      dy: { readonly [K in N]: Batch<B> | null },
      wantsInput: boolean,
    ) => {
      let sum: Batch<B> | null = null
      const wants = trunk !== null || wantsInput
      for (const name of names) {
        const own = shardsOf(shards, name)
        const d = dy[name]
        if (d === null) {
          for (const { grads } of own) zeroGrads(machine, grads)
          continue
        }
        const p = of('params', params, name)
        const dx = layers[name].backward(machine, own, p, cache.heads[name], d, wants)
        sum = sum === null || dx === null ? dx : added(machine, sum, dx)
      }
      if (trunk === null) return sum
      const own = shardsOf(shards, 'trunk')
      if (sum === null) {
        for (const { grads } of own) zeroGrads(machine, grads)
        return null
      }
      const p = of('params', params, 'trunk')
      return trunk.backward(machine, own, p, cache.trunk, sum, wantsInput)
    },

    jvp: (machine, params, tangent, cache, name, dx) => {
      const d =
        trunk === null
          ? dx
          : trunk.jvp(
              machine,
              of('params', params, 'trunk'),
              of('tangent', tangent, 'trunk'),
              cache.trunk,
              dx,
            )
      return layers[name].jvp(
        machine,
        of('params', params, name),
        of('tangent', tangent, name),
        cache.heads[name],
        d,
      )
    },
  }
}

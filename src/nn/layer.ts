import { operation, type Machine } from '../kernel/machine.ts'
import type { Key } from '../random/key.ts'
import { expectShape } from '../tensor/check.ts'
import { leaves, type ParamTree } from '../tensor/params.ts'
import {
  data,
  type Floats,
  type ReadonlyNumbers,
  type Shape,
  type Tensor,
} from '../tensor/tensor.ts'

/** A row of numbers for each sample: [B, feature]. */
export type Batch<B extends string> = Tensor<[B, 'feature']>

/**
 * Rows `from` … `to` − 1 of a batch, and the destination of the gradient of their part of the loss: a tree
 * like the parameters, whose arrays `backward` overwrites. No sum crosses shards, so shards can be computed
 * anywhere and added in order.
 */
export interface Shard<P> {
  readonly from: number
  readonly to: number
  readonly grads: P
}

/** Shards of samples as shards of rows, of which a sample has `each`. */
export const rowShards = <P>(shards: readonly Shard<P>[], each: number): readonly Shard<P>[] =>
  shards.map(({ from, to, grads }) => ({ from: from * each, to: to * each, grads }))

/**
 * A differentiable function y = f(x; θ), row by row, with its derivatives:
 *
 * - `init` draws the parameters θ, a tree of named tensors;
 * - `forward` computes y [B, outputs] from x [B, inputs], and the cache that the derivatives need;
 * - `backward` maps dL/dy to dL/dθ, and to dL/dx if wanted (reverse mode);
 * - `jvp` maps a direction (dθ, dx) to dy (forward mode).
 *
 * With J the Jacobian, ⟨v, J t⟩ = ⟨Jᵀ v, t⟩. Layers hold no state: each is a record of pure functions,
 * written for any machine.
 */
export interface Layer<P extends ParamTree = ParamTree, C = unknown> {
  /** features of a row of x, and of y */
  readonly inputs: number
  readonly outputs: number
  /** numbers in θ */
  readonly paramCount: number
  init(key: Key, dtype: 'f32' | 'f64'): P
  /** @throws RangeError unless x is [B, feature=inputs] and `params` has this layer's shapes */
  forward<B extends string>(machine: Machine, params: P, x: Batch<B>): [Batch<B>, C]
  /**
   * Overwrites the gradients of each shard, summed over its rows only.
   *
   * @returns dL/dx [B, inputs] if wanted, else null
   */
  backward<B extends string>(
    machine: Machine,
    shards: readonly Shard<P>[],
    params: P,
    cache: C,
    dy: Batch<B>,
    wantsInput: boolean,
  ): Batch<B> | null
  /**
   * The derivative of y when θ moves along `tangent` and x along `dx` (null: x does not move).
   *
   * @returns dy [B, outputs], or null where nothing moves
   */
  jvp<B extends string>(
    machine: Machine,
    params: P,
    tangent: P,
    cache: C,
    dx: Batch<B> | null,
  ): Batch<B> | null
}

/** The parameters and the cache of a layer's type. */
export type ParamsOf<L> = L extends Layer<infer P, infer _C> ? P : never
export type CacheOf<L> = L extends Layer<infer _P, infer C> ? C : never

/** The array of a gradient, to be filled. */
export const filled = (grad: Tensor): Floats => data(grad) as Floats

/** Rows `from` … `to` − 1 of a matrix of that width, without a copy. */
export const rowsOf = (
  x: ReadonlyNumbers,
  width: number,
  from: number,
  to: number,
): ReadonlyNumbers => (x as Floats).subarray(from * width, to * width)

/**
 * The part of a tree that belongs to one layer.
 *
 * @throws RangeError when the tree has none of that name
 */
export const part = <T extends ParamTree | Tensor>(
  argument: string,
  tree: { readonly [name: string]: T },
  name: string,
): T => {
  const found = tree[name]
  if (found === undefined)
    throw new RangeError(
      `${argument}: expected a part ${name}, got ${Object.keys(tree).join(', ') || 'none'}`,
    )
  return found
}

/**
 * The numbers of a leaf that has to be there in this shape.
 *
 * @throws RangeError otherwise: `params.weight: expected [in=3, out=2], got [in=3, out=4]`
 */
export const leaf = <D extends string[]>(
  argument: string,
  tree: ParamTree,
  name: string,
  dims: Readonly<D>,
  shape: Shape<D>,
): ReadonlyNumbers =>
  data(expectShape(`${argument}.${name}`, part(argument, tree, name) as Tensor, dims, shape))

const zero = operation('layer.zero', (_, out: Floats) => {
  out.fill(0)
})

/** Fills a tree of gradients with 0: no gradient arrives there. */
export const zeroGrads = (machine: Machine, grads: ParamTree): void => {
  for (const [, grad] of leaves(grads)) machine.run(zero, filled(grad))
}

/** f(x) = x of `size` features, without parameters. */
export const identity = (size: number): Layer<Record<string, never>, readonly never[]> => ({
  inputs: size,
  outputs: size,
  paramCount: 0,
  init: () => ({}),
  forward: (_machine, _params, x) => [x, []],
  backward: (_machine, _shards, _params, _cache, dy, wantsInput) => (wantsInput ? dy : null),
  jvp: (_machine, _params, _tangent, _cache, dx) => dx,
})

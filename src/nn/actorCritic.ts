import type { Kernels } from '../kernel/kernels.ts'
import { expectShape } from '../tensor/check.ts'
import { pack, type Params } from '../tensor/params.ts'
import { own, reshape, type Tensor } from '../tensor/tensor.ts'
import type { ActorCritic } from './actorCriticInit.ts'
import type { Batch } from './dense.ts'
import { lay, layBackward } from './freeColumns.ts'
import * as mlp from './tanhMlp.ts'

export { init, type ActorCritic, type ActorCriticSpec } from './actorCriticInit.ts'

export interface ActorCriticOutput<B extends string> {
  /** parameters of the action distribution, [B, param] */
  readonly dist: Tensor<[B, 'param']>
  /** V(s), [B] */
  readonly value: Tensor<[B]>
}

export interface ActorCriticCache<B extends string = string> {
  readonly params: Params<ActorCritic>
  readonly columns: readonly number[]
  /** null where there is none */
  readonly trunk: mlp.TanhMlpCache<B> | null
  readonly actor: mlp.TanhMlpCache<B>
  readonly critic: mlp.TanhMlpCache<B>
}

/** What both heads read: the trunk's output, or the observation itself. */
const featuresOf = <B extends string>(
  kernels: Kernels,
  { trunk }: ActorCritic,
  observation: Batch<B>,
): [Batch<B>, mlp.TanhMlpCache<B> | null] =>
  trunk === undefined ? [observation, null] : mlp.forward(kernels, trunk, observation, 'tanh')

const asValue = <B extends string>(out: Batch<B>): Tensor<[B]> =>
  reshape(out, [out.dims[0]], [out.shape[0]])

/** V(s) alone, for states whose action nobody asks for. */
export const value = <B extends string>(
  kernels: Kernels,
  { tree }: Params<ActorCritic>,
  observation: Batch<B>,
): Tensor<[B]> => {
  const [features] = featuresOf(kernels, tree, observation)
  return asValue(mlp.forward(kernels, tree.critic, features)[0])
}

/**
 * The policy's parameters and V(s).
 *
 * @param columns the free columns of the spec
 * @throws RangeError unless there are as many as free parameters
 */
export const forward = <B extends string>(
  kernels: Kernels,
  params: Params<ActorCritic>,
  observation: Batch<B>,
  columns: readonly number[] = [],
): [ActorCriticOutput<B>, ActorCriticCache<B>] => {
  const { tree } = params
  const [features, trunk] = featuresOf(kernels, tree, observation)
  const [out, actor] = mlp.forward(kernels, tree.actor, features)
  const [v, critic] = mlp.forward(kernels, tree.critic, features)
  const output = { dist: lay(kernels, out, tree.logStd, columns), value: asValue(v) }
  return [output, { params, columns, trunk, actor, critic }]
}

/**
 * From dL/d(dist) [B, param] and dL/dV [B] the gradient of every parameter. The features of a
 * shared trunk get that of the policy's head plus that of V's.
 */
export const backward = <B extends string>(
  kernels: Kernels,
  { params: { tree }, columns, ...caches }: ActorCriticCache,
  { dDist, dValue }: { readonly dDist: Tensor<[B, 'param']>; readonly dValue: Tensor<[B]> },
): Params<ActorCritic> => {
  const through = (part: 'actor' | 'critic', dOut: Tensor) =>
    mlp.backwardThrough(kernels, tree[part], caches[part], dOut, 'linear', caches.trunk !== null)
  const { dOut, ...free } =
    tree.logStd === undefined ? { dOut: dDist } : layBackward(kernels, dDist, columns)
  const actor = through('actor', dOut)
  const critic = through('critic', dValue)
  const heads = { actor: actor.grads, ...free, critic: critic.grads }
  if (tree.trunk === undefined || caches.trunk === null) return pack<ActorCritic>(heads)
  const both = kernels.alloc(actor.dx.length)
  kernels.vector.add(both, actor.dx, critic.dx)
  const dFeatures = own(['element'], [both.length], both)
  const trunk = mlp.backward(kernels, tree.trunk, caches.trunk, dFeatures, 'tanh')
  return pack<ActorCritic>({ trunk, ...heads })
}

/**
 * The derivative of the policy's parameters [B, param] along a direction of all parameters, in
 * forward mode; V is left out. With J as in `backward` for dValue = 0: ⟨dDist, J t⟩ = ⟨Jᵀ dDist, t⟩,
 * so that Jᵀ M J t, with M the distribution's Fisher matrix, is a product by the policy's.
 *
 * @param tangent the direction t, a tree like `params`
 * @throws RangeError when it has another length
 */
export const jvp = <B extends string>(
  kernels: Kernels,
  { tree, flat }: Params<ActorCritic>,
  { tree: tangent, flat: direction }: Params<ActorCritic>,
  { columns, trunk, actor }: ActorCriticCache<B>,
): Tensor<[B, 'param']> => {
  expectShape('tangent', direction, ['param'], flat.shape)
  const dFeatures =
    trunk === null ? null : mlp.jvp(kernels, tree.trunk!, tangent.trunk!, trunk, null, 'tanh')
  const dOut = mlp.jvp(kernels, tree.actor, tangent.actor, actor, dFeatures)!
  return lay(kernels, dOut, tangent.logStd, columns)
}

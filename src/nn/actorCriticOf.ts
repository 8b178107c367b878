import type { Machine } from '../kernel/machine.ts'
import type { Key } from '../random/key.ts'
import { pack, type Params, type ParamTree } from '../tensor/params.ts'
import { reshape, type Tensor } from '../tensor/tensor.ts'
import { heads, type HeadsCache } from './heads.ts'
import { zeroGrads, type Batch, type Layer, type Shard } from './layer.ts'
import { initLogStd, layout, type StateIndependentLogStd } from './stateIndependentLogStd.ts'

/** The output of an actor-critic for B observations. */
export interface ActorCriticOutput<B extends string> {
  /** parameters of the action distribution, [B, param] */
  readonly param: Tensor<[B, 'param']>
  /** V(s), [B] */
  readonly value: Tensor<[B]>
}

/**
 * A policy's parameters and V(s) of observations [B, feature], as a function of parameters θ, with its
 * derivatives. A stateless record of functions over a machine; you can pass your own.
 */
export interface ActorCritic<P extends ParamTree = ParamTree, C = unknown> {
  /** numbers in θ */
  readonly paramCount: number
  /** how many of them belong to V alone; they come last in the flat vector */
  readonly valueParams: number
  init(key: Key, dtype: 'f32' | 'f64'): Params<P>
  forward<B extends string>(
    machine: Machine,
    params: P,
    observation: Batch<B>,
  ): [ActorCriticOutput<B>, C]
  /** Only the distribution's parameters, for acting without V. */
  policy<B extends string>(machine: Machine, params: P, observation: Batch<B>): Tensor<[B, 'param']>
  /** Only V(s); use its cache in `backward` with dParam null. */
  value<B extends string>(machine: Machine, params: P, observation: Batch<B>): [Tensor<[B]>, C]
  /**
   * Overwrites the gradient of every parameter in each shard, summed over its rows only, from dL/dparam [B,
   * param] and dL/dV [B]. A null output contributes no gradient: parameters that affect only that output get
   * 0.
   */
  backward<B extends string>(
    machine: Machine,
    shards: readonly Shard<P>[],
    params: P,
    cache: C,
    grads: { readonly dParam: Tensor<[B, 'param']> | null; readonly dValue: Tensor<[B]> | null },
  ): void
  /**
   * The derivative of the policy's parameters [B, param] along a direction t of all parameters, in
   * forward mode; V is left out. With J as in `backward` for dValue = null,
   * ⟨dParam, J t⟩ = ⟨Jᵀ dParam, t⟩, so that Jᵀ F J t, with F the distribution's Fisher matrix, is a
   * product by the policy's.
   */
  jvp<B extends string>(machine: Machine, params: P, tangent: P, cache: C): Tensor<[B, 'param']>
}

/** Two networks; or two heads, `actor` and `critic`, on the features of one `trunk`. */
export type ActorCriticTree<T, A, V> = {
  readonly trunk?: T
  readonly actor: A
  /** parameters of the distribution that no state changes */
  readonly logStd?: Tensor<['free']>
  /** V's own come last, so that all before them is the policy's */
  readonly critic: V
}

/** What the forward pass of an actor-critic keeps for its backward pass. */
export type ActorCriticCache = HeadsCache<'actor' | 'critic'>

/** What an actor-critic is made of. */
export interface ActorCriticLayers<T extends ParamTree, A extends ParamTree, V extends ParamTree> {
  /** what both read the features of; null where both read the observation */
  readonly trunk: Layer<T> | null
  /** the distribution's parameters, but for those that `logStd` takes over */
  readonly actor: Layer<A>
  /** one output: V */
  readonly critic: Layer<V>
  /** log σ, where it is not an output of the network */
  readonly logStd?: StateIndependentLogStd
}

const asValue = <B extends string>(out: Batch<B>): Tensor<[B]> =>
  reshape(out, [out.dims[0]], [out.shape[0]])

const asBatch = <B extends string>(value: Tensor<[B]>): Batch<B> =>
  reshape(value, [value.dims[0], 'feature'], [value.shape[0], 1])

/**
 * An actor-critic from any layers, with parameters `{ trunk?, actor, logStd?, critic }`.
 *
 * @throws RangeError when sizes of layers do not fit together, V has other than one output, or the
 * columns of log σ are not columns
 */
export const actorCriticOf = <T extends ParamTree, A extends ParamTree, V extends ParamTree>({
  trunk,
  actor,
  critic,
  logStd: free,
}: ActorCriticLayers<T, A, V>): ActorCritic<ActorCriticTree<T, A, V>, ActorCriticCache> => {
  type P = ActorCriticTree<T, A, V>
  if (critic.outputs !== 1)
    throw new RangeError(`critic.outputs: expected 1, got ${critic.outputs}`)
  const columns = free?.columns ?? []
  const { lay, backward } = layout(actor.outputs + columns.length, columns)
  const network = heads(trunk, { actor, critic })

  return {
    paramCount: network.paramCount + columns.length,
    valueParams: critic.paramCount,

    init: (key, dtype) => {
      const { critic, ...policy } = network.init(key, dtype) as P
      const logStd = free === undefined ? {} : { logStd: initLogStd(free, dtype) }
      return pack<P>({ ...policy, ...logStd, critic })
    },

    forward: (machine, params, observation) => {
      const [{ actor, critic }, cache] = network.forward(machine, params, observation)
      return [{ param: lay(machine, actor, params.logStd), value: asValue(critic) }, cache]
    },

    policy: (machine, params, observation) =>
      lay(machine, network.only(machine, params, 'actor', observation)[0], params.logStd),

    value: (machine, params, observation) => {
      const [out, cache] = network.only(machine, params, 'critic', observation)
      return [asValue(out), cache]
    },

    backward: (machine, shards, params, cache, { dParam, dValue }) => {
      const free = shards.flatMap(({ from, to, grads: { logStd } }) =>
        logStd === undefined ? [] : [{ from, to, grads: logStd }],
      )
      if (dParam === null) for (const { grads } of free) zeroGrads(machine, { logStd: grads })
      const dy = {
        actor: dParam === null ? null : backward(machine, free, dParam),
        critic: dValue === null ? null : asBatch(dValue),
      }
      network.backward(machine, shards, params, cache, dy, false)
    },

    jvp: <B extends string>(machine: Machine, params: P, tangent: P, cache: ActorCriticCache) => {
      const dOut = network.jvp<B>(machine, params, tangent, cache, 'actor', null)
      if (dOut === null) throw new RangeError('actor: expected layers with parameters, got none')
      return lay(machine, dOut, tangent.logStd)
    },
  }
}

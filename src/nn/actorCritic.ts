import type { Kernels } from '../kernel/kernels.ts'
import { split, type Key } from '../random/key.ts'
import { pack, type Params } from '../tensor/params.ts'
import { reshape, type Tensor } from '../tensor/tensor.ts'
import type { Batch } from './dense.ts'
import * as mlp from './tanhMlp.ts'

/** Two separate networks over one observation: the policy's parameters, and V. */
export type ActorCritic = {
  readonly actor: mlp.TanhMlp
  readonly critic: mlp.TanhMlp
}

export interface ActorCriticSpec {
  readonly observations: number
  readonly distParams: number
  readonly hidden: readonly number[]
  readonly gain: { readonly hidden: number; readonly policy: number; readonly value: number }
}

export interface ActorCriticOutput<B extends string> {
  /** parameters of the action distribution, [B, param] */
  readonly dist: Tensor<[B, 'param']>
  /** V(s), [B] */
  readonly value: Tensor<[B]>
}

export interface ActorCriticCache {
  readonly params: Params<ActorCritic>
  readonly actor: mlp.TanhMlpCache
  readonly critic: mlp.TanhMlpCache
}

export const init = (kernels: Kernels, key: Key, spec: ActorCriticSpec): Params<ActorCritic> => {
  const [actorKey, criticKey] = split(key, 2)
  const { observations, distParams, hidden, gain } = spec
  return pack({
    actor: mlp.init(kernels, actorKey, {
      sizes: [observations, ...hidden, distParams],
      hiddenGain: gain.hidden,
      outputGain: gain.policy,
    }),
    critic: mlp.init(kernels, criticKey, {
      sizes: [observations, ...hidden, 1],
      hiddenGain: gain.hidden,
      outputGain: gain.value,
    }),
  })
}

/** V(s) alone, for states whose action nobody asks for. */
export const value = <B extends string>(
  kernels: Kernels,
  params: Params<ActorCritic>,
  observation: Batch<B>,
): Tensor<[B]> => {
  const [out] = mlp.forward(kernels, params.tree.critic, observation)
  return reshape(out, [observation.dims[0]], [observation.shape[0]])
}

export const forward = <B extends string>(
  kernels: Kernels,
  params: Params<ActorCritic>,
  observation: Batch<B>,
): [ActorCriticOutput<B>, ActorCriticCache] => {
  const [rowName, rows] = [observation.dims[0], observation.shape[0]]
  const [dist, actor] = mlp.forward(kernels, params.tree.actor, observation)
  const [out, critic] = mlp.forward(kernels, params.tree.critic, observation)
  const output = {
    dist: reshape(dist, [rowName, 'param'], [rows, dist.shape[1]]),
    value: reshape(out, [rowName], [rows]),
  }
  return [output, { params, actor, critic }]
}

/** From dL/d(dist) [B, param] and dL/dV [B] the gradient of every parameter. */
export const backward = <B extends string>(
  kernels: Kernels,
  { params, actor, critic }: ActorCriticCache,
  { dDist, dValue }: { readonly dDist: Tensor<[B, 'param']>; readonly dValue: Tensor<[B]> },
): Params<ActorCritic> =>
  pack({
    actor: mlp.backward(kernels, params.tree.actor, actor, dDist),
    critic: mlp.backward(kernels, params.tree.critic, critic, dValue),
  })

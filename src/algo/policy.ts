import * as categorical from '../distribution/categorical.ts'
import type { Distribution } from '../distribution/distribution.ts'
import type { DiscreteEnvironment } from '../env/environment.ts'
import type { Kernels } from '../kernel/kernels.ts'
import * as actorCritic from '../nn/actorCritic.ts'
import type { Batch } from '../nn/dense.ts'
import type { Key } from '../random/key.ts'
import { add, mul, scale } from '../tensor/elementwise.ts'
import type { Params } from '../tensor/params.ts'
import { data, ownLike, type Tensor } from '../tensor/tensor.ts'

export type PolicyParams = Params<actorCritic.ActorCritic>

/** A policy π(a|s) and its value function V(s), as functions of their parameters. */
export interface Policy extends Pick<Distribution<[]>, 'sample' | 'mode' | 'logProb' | 'entropy'> {
  readonly kernels: Kernels
  readonly init: (key: Key) => PolicyParams
  readonly forward: <B extends string>(
    params: PolicyParams,
    observation: Batch<B>,
  ) => [actorCritic.ActorCriticOutput<B>, actorCritic.ActorCriticCache]
  /** V(s) alone */
  readonly value: <B extends string>(params: PolicyParams, observation: Batch<B>) => Tensor<[B]>
  /**
   * The chain rule through the distribution: from dL/dlogProb, a sample, and dL/dentropy, the same
   * number for all, to dL/dparam.
   */
  readonly distGrad: <B extends string>(
    dist: Tensor<[B, 'param']>,
    action: Tensor<[B]>,
    dLogProb: Tensor<[B]>,
    dEntropy: number,
  ) => Tensor<[B, 'param']>
  readonly backward: <B extends string>(
    cache: actorCritic.ActorCriticCache,
    grads: { readonly dDist: Tensor<[B, 'param']>; readonly dValue: Tensor<[B]> },
  ) => PolicyParams
}

/** x [B] repeated along the columns of `like` [B, param]. */
const alongRows = <B extends string>(
  x: Tensor<[B]>,
  like: Tensor<[B, 'param']>,
): Tensor<[B, 'param']> => {
  const [rows, columns] = like.shape
  const values = data(x)
  const out = new Float64Array(rows * columns)
  for (let i = 0; i < out.length; i++) out[i] = values[Math.floor(i / columns)]!
  return ownLike(like, x.dtype === 'f32' ? Float32Array.from(out) : out)
}

/** Separate tanh networks for π and V, π categorical over the actions of a discrete world. */
export const categoricalPolicy = <S>(
  kernels: Kernels,
  env: DiscreteEnvironment<S>,
  spec: Pick<actorCritic.ActorCriticSpec, 'hidden' | 'gain'>,
): Policy => {
  const { sample, mode, logProb, entropy, logProbGrad, entropyGrad } = categorical.categorical
  const observations = env.observationSpace.size
  const distParams = env.actionSpace.n
  return {
    kernels,
    sample,
    mode,
    logProb,
    entropy,
    init: (key) => actorCritic.init(kernels, key, { ...spec, observations, distParams }),
    forward: (params, observation) => actorCritic.forward(kernels, params, observation),
    value: (params, observation) => actorCritic.value(kernels, params, observation),
    distGrad: (dist, action, dLogProb, dEntropy) =>
      add(
        mul(logProbGrad(dist, action), alongRows(dLogProb, dist)),
        scale(entropyGrad(dist), dEntropy),
      ),
    backward: (cache, grads) => actorCritic.backward(kernels, cache, grads),
  }
}

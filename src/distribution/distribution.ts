import type { Key } from '../random/key.ts'
import type { Tensor } from '../tensor/tensor.ts'

/**
 * A family of distributions over actions, batched: row i of `param` [B, param] is one member,
 * action i is one draw from it. Every `xGrad` is the derivative of x's row i in row i of its
 * parameters, shape [B, param].
 */
export interface Distribution {
  readonly sample: <B extends string>(key: Key, param: Param<B>) => Tensor<[B]>
  /** The most probable action; the first of several. */
  readonly mode: <B extends string>(param: Param<B>) => Tensor<[B]>
  /** log p(action), in nats */
  readonly logProb: <B extends string>(param: Param<B>, action: Tensor<[B]>) => Tensor<[B]>
  readonly logProbGrad: <B extends string>(param: Param<B>, action: Tensor<[B]>) => Param<B>
  /** −Σ p log p, in nats */
  readonly entropy: <B extends string>(param: Param<B>) => Tensor<[B]>
  readonly entropyGrad: <B extends string>(param: Param<B>) => Param<B>
  /** KL(p ‖ q) = Σ p (log p − log q) >= 0, in nats */
  readonly kl: <B extends string>(p: Param<B>, q: Param<B>) => Tensor<[B]>
  /** in the parameters of q, the side that learns when p is the policy that acted */
  readonly klGrad: <B extends string>(p: Param<B>, q: Param<B>) => Param<B>
}

export type Param<B extends string> = Tensor<[B, 'param']>

import type { Key } from '../random/key.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** The dimensions of one action: none for a single number, one for numbers side by side. */
export type ActionDims = [] | ['action']

/**
 * A family of distributions over actions, batched: row i of `param` [B, param] is one member,
 * action i is one draw from it. Every `xGrad` is the derivative of x's row i in row i of its
 * parameters, shape [B, param]. Where a distribution is continuous, p is its density and Σ an
 * integral.
 *
 * What takes an action is a method, so that a distribution of single numbers may stand where any
 * distribution is asked for.
 */
export interface Distribution<A extends ActionDims = ActionDims> {
  readonly actionDims: Readonly<A>
  /**
   * How many numbers an action has for a member with so many parameters.
   *
   * @throws RangeError when no member has that many
   */
  readonly actions: (params: number) => number
  /** How many entries a mask has a row: the choices that can be closed, 0 where there are none. */
  readonly choices: (params: number) => number
  /**
   * @throws RangeError for logits with a NaN, which a whole number would hide: `logits[env=3]:
   * expected a finite logit and no NaN, got [0, NaN]`
   */
  readonly sample: <B extends string>(key: Key, param: Param<B>) => Tensor<[B, ...A]>
  /**
   * The most probable action; the first of several.
   *
   * @throws RangeError as `sample` does
   */
  readonly mode: <B extends string>(param: Param<B>) => Tensor<[B, ...A]>
  /** log p(action), in nats */
  logProb<B extends string>(this: void, param: Param<B>, action: Tensor<[B, ...A]>): Tensor<[B]>
  logProbGrad<B extends string>(this: void, param: Param<B>, action: Tensor<[B, ...A]>): Param<B>
  /** −Σ p log p, in nats */
  readonly entropy: <B extends string>(param: Param<B>) => Tensor<[B]>
  readonly entropyGrad: <B extends string>(param: Param<B>) => Param<B>
  /** KL(p ‖ q) = Σ p (log p − log q) >= 0, in nats */
  readonly kl: <B extends string>(p: Param<B>, q: Param<B>) => Tensor<[B]>
  /** in the parameters of q, the side that learns when p is the policy that acted */
  readonly klGrad: <B extends string>(p: Param<B>, q: Param<B>) => Param<B>
  /**
   * F v, row by row, with the Fisher information F = E[∇log p ∇log pᵀ] of the row's parameters,
   * which is also the Hessian of KL(p ‖ q) in q at q = p. `v` has the shape of `param`.
   */
  readonly fisher: <B extends string>(param: Param<B>, v: Param<B>) => Param<B>
  /**
   * The distribution restricted to the choices that are open (not 0): logits of the others become
   * −∞, so that they have no probability, no entropy, and every gradient is 0 there.
   *
   * @param open [B, choice], u8
   * @throws RangeError when a row leaves nothing to choose: `mask[env=3]: expected an open choice
   * among 4, got none`
   */
  readonly mask: <B extends string>(param: Param<B>, open: Tensor<[B, 'choice']>) => Param<B>
}

export type Param<B extends string> = Tensor<[B, 'param']>

import type { Machine } from '../kernel/machine.ts'
import type { Key } from '../random/key.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** The dimensions of one action: none for a single number, one for several numbers side by side. */
export type ActionDims = [] | ['action']

/** Parameters of a batch of distributions, one per row. */
export type Param<B extends string> = Tensor<[B, 'param']>

/** Which choices are allowed (not 0) and which are masked (0), with one row per row of parameters. */
export type Mask<B extends string> = Tensor<[B, 'choice']>

/**
 * A family of distributions over actions. `at` gives its members for a batch of parameters.
 *
 * Where a distribution is continuous, p is its density and Σ an integral.
 */
export interface Distribution<A extends ActionDims = ActionDims> {
  readonly actionDims: Readonly<A>
  /**
   * The number of numbers in an action of a member with that many parameters.
   *
   * @throws RangeError when no member has that many
   */
  readonly actions: (params: number) => number
  /** The number of choices that a mask covers; 0 if there are none. */
  readonly choices: (params: number) => number
  /**
   * The members with these parameters, one per row of `param` [B, param].
   *
   * @param mask [B, choice], u8. A choice whose mask is 0 has no probability and no entropy, and every gradient is 0 there.
   * @param machine where the work is done; by default `js` with the element type of `param`
   * @throws RangeError when the mask allows no choice in a row: `mask[env=3]: expected an open
   * choice among 4, got none`
   */
  readonly at: <B extends string>(
    param: Param<B>,
    mask?: NoInfer<Mask<B>> | null,
    machine?: Machine,
  ) => Fitted<B, A>
}

/**
 * The members of a family with given parameters, one per row; action i is one draw from member i. What
 * several methods need (log-probabilities, 1 / σ) is computed when the first of them needs it.
 *
 * `xGrad` is the vector–Jacobian product of x: row i of the result is dxᵢ ∂xᵢ/∂paramᵢ. The
 * derivative is rounded to the element type before it is multiplied.
 *
 * Functions that take an action or another member are methods, so that a distribution of single numbers is
 * assignable to a distribution of any actions.
 */
export interface Fitted<B extends string = string, A extends ActionDims = ActionDims> {
  /**
   * The parameters [B, param], with logits of masked choices −∞. Fitting them again gives the same members.
   */
  readonly param: Param<B>
  /**
   * @param key may be live: its words are read when the draw is made
   * @param from row i is row `from` + i of all the rows that the key draws for; 0 by default
   * @throws RangeError for logits with a NaN, which a sampled whole number would hide: `logits[env=3]:
   * expected a finite logit and no NaN, got [0, NaN]`
   */
  readonly sample: (key: Key, from?: number) => Tensor<[B, ...A]>
  /**
   * The most probable action; the first one in a tie.
   *
   * @throws RangeError as `sample` does
   */
  readonly mode: () => Tensor<[B, ...A]>
  /**
   * log p(action), in nats
   *
   * @throws RangeError for what is not an action: `action[env=1]: expected a whole number from 0 to 2,
   * got 3`
   */
  logProb(this: void, action: Tensor<[B, ...A]>): Tensor<[B]>
  /** Row i is dLogProbᵢ ∂logProbᵢ/∂paramᵢ. */
  logProbGrad(this: void, action: Tensor<[B, ...A]>, dLogProb: Tensor<[B]>): Param<B>
  /** −Σ p log p, in nats */
  readonly entropy: () => Tensor<[B]>
  /**
   * Row i is dEntropy ∂entropyᵢ/∂paramᵢ.
   *
   * @param dEntropy for all rows: a constant, or a tensor of one number that is read when the work
   * is done
   */
  readonly entropyGrad: (dEntropy: Scalar) => Param<B>
  /** KL(this ‖ q) = Σ p (log p − log q) >= 0, in nats */
  kl(this: void, q: Fitted<B, A>): Tensor<[B]>
  /**
   * Row i is dKlᵢ ∂KL(this ‖ q)ᵢ/∂paramᵢ, in the parameters of q, the side that learns when `this`
   * is the policy that acted.
   */
  klGrad(this: void, q: Fitted<B, A>, dKl: Tensor<[B]>): Param<B>
  /**
   * F v, row by row, with the Fisher information F = E[∇log p ∇log pᵀ] of the row's parameters,
   * which is also the Hessian of KL(p ‖ q) in q at q = p. `v` has the shape of `param`.
   */
  readonly fisher: (v: Param<B>) => Param<B>
}

/** A number, or a tensor of one number. */
export type Scalar = number | Tensor<[]>

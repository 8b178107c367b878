import type { ActionDims, Distribution, Fitted, Mask, Param } from '../../src/distribution/index.ts'
import type { Key } from '../../src/random/index.ts'
import { own, type Tensor } from '../../src/tensor/tensor.ts'
import { typed } from './arbitrary.ts'

/** [B] of ones, whose products with a Jacobian are plain derivatives. */
export const onesFor = <B extends string>({ dims, shape, dtype }: Param<B>): Tensor<[B]> =>
  own<[B]>(
    [dims[0]],
    [shape[0]],
    typed(
      dtype,
      Array.from({ length: shape[0] }, () => 1),
    ),
  )

/** What a distribution computes, as functions of its parameters alone, with plain derivatives. */
export interface Functions<A extends ActionDims> {
  readonly sample: <B extends string>(key: Key, param: Param<B>) => Tensor<[B, ...A]>
  readonly mode: <B extends string>(param: Param<B>) => Tensor<[B, ...A]>
  readonly logProb: <B extends string>(param: Param<B>, action: Tensor<[B, ...A]>) => Tensor<[B]>
  readonly logProbGrad: <B extends string>(param: Param<B>, action: Tensor<[B, ...A]>) => Param<B>
  readonly entropy: <B extends string>(param: Param<B>) => Tensor<[B]>
  readonly entropyGrad: <B extends string>(param: Param<B>) => Param<B>
  readonly kl: <B extends string>(p: Param<B>, q: Param<B>) => Tensor<[B]>
  /** in the parameters of q */
  readonly klGrad: <B extends string>(p: Param<B>, q: Param<B>) => Param<B>
  readonly fisher: <B extends string>(param: Param<B>, v: Param<B>) => Param<B>
  readonly mask: <B extends string>(param: Param<B>, mask: Mask<B>) => Param<B>
}

export const functionsOf = <A extends ActionDims>({ at }: Distribution<A>): Functions<A> => ({
  sample: (key, param) => at(param).sample(key),
  mode: (param) => at(param).mode(),
  logProb: (param, action) => at(param).logProb(action),
  logProbGrad: (param, action) => at(param).logProbGrad(action, onesFor(param)),
  entropy: (param) => at(param).entropy(),
  entropyGrad: (param) => at(param).entropyGrad(1),
  kl: (p, q) => at(p).kl(at(q)),
  klGrad: (p, q) => at(p).klGrad(at(q), onesFor(p)),
  fisher: (param, v) => at(param).fisher(v),
  mask: (param, mask) => at(param, mask).param,
})

/** Everything that members compute with these arguments, by name, each asked for when it is called. */
export const answersOf = <B extends string, A extends ActionDims>(
  p: () => Fitted<B, A>,
  q: () => Fitted<B, A>,
  given: {
    readonly key: Key
    readonly action: Tensor<[B, ...A]>
    readonly d: Tensor<[B]>
    readonly v: Param<B>
  },
): { readonly [name: string]: () => Tensor } => ({
  param: () => p().param,
  sample: () => p().sample(given.key),
  mode: () => p().mode(),
  logProb: () => p().logProb(given.action),
  logProbGrad: () => p().logProbGrad(given.action, given.d),
  entropy: () => p().entropy(),
  entropyGrad: () => p().entropyGrad(-0.3),
  kl: () => p().kl(q()),
  klGrad: () => p().klGrad(q(), given.d),
  fisher: () => p().fisher(given.v),
})

import { own, type Floats, type Tensor } from '../tensor/tensor.ts'

export type Flat = Tensor<['param']>

/** A flat vector over an array that the caller gives away. */
export const ownFlat = (x: Floats): Flat => own(['param'], [x.length], x)

/**
 * An optimiser is a transform of gradients with a state of its own: `update` takes the gradient
 * and gives what is to be added to the parameters. Transforms chain: clip, then Adam.
 */
export interface Transform<S> {
  readonly init: (params: Flat) => S
  readonly update: (grad: Flat, state: S, params: Flat) => [Flat, S]
}

/** One transform after the other; the state is the pair of both states. */
export const chain = <A, B>(
  first: Transform<A>,
  second: Transform<B>,
): Transform<readonly [A, B]> => ({
  init: (params) => [first.init(params), second.init(params)],
  update: (grad, [a, b], params) => {
    const [between, nextA] = first.update(grad, a, params)
    const [out, nextB] = second.update(between, b, params)
    return [out, [nextA, nextB]]
  },
})

import { js } from '../kernel/js/js.ts'
import type { Machine } from '../kernel/machine.ts'
import { cellsOf, stateOf, type Cells } from '../tensor/cells.ts'
import {
  data,
  own,
  size,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'

/** All parameters, or all gradients, as one flat vector [param]. */
export type Flat = Tensor<['param']>

/** A flat vector over an array that the caller gives away. */
export const ownFlat = (x: Floats): Flat => own(['param'], [x.length], x)

/**
 * An optimiser as a transform of gradients with its own state: it takes the gradient and returns
 * the step to add to the parameters. Transforms chain: clip, then Adam.
 */
export interface Transform<S> {
  readonly init: (params: Flat) => S
  /**
   * The step for a gradient, and the next state.
   *
   * @param params the parameters that the step is added to; only weight decay needs them
   */
  readonly update: (grad: Flat, state: S, params?: Flat) => [Flat, S]
  /** Fills `step` from the gradient by operations of a machine, and moves the state's cells on. */
  readonly apply: (
    machine: Machine,
    step: Floats,
    grad: ReadonlyNumbers,
    cells: Cells<S>,
    params?: ReadonlyNumbers,
  ) => void
}

/**
 * A transform by its first state and its operations; `update` runs these on copies.
 *
 * @param machine where `update` runs; plain loops of the gradient's element type by default
 */
export const transform = <S>(
  { init, apply }: Pick<Transform<S>, 'init' | 'apply'>,
  machine: Machine | null = null,
): Transform<S> => ({
  init,
  apply,
  update: (grad, state, params) => {
    const runs = machine ?? js[grad.dtype === 'f64' ? 'f64' : 'f32']
    const step = runs.alloc(size(grad))
    const cells = cellsOf(state)
    apply(runs, step, data(grad), cells, params === undefined ? undefined : data(params))
    return [ownFlat(step), stateOf(cells, state)]
  },
})

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
  apply: (machine, step, grad, cells, params) => {
    const [a, b] = cells as unknown as readonly [Cells<A>, Cells<B>]
    const between = machine.alloc(step.length)
    first.apply(machine, between, grad, a, params)
    second.apply(machine, step, between, b, params)
  },
})

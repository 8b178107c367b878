import type { Runtime } from '../engine/runtime.ts'
import { copyCells, layCells, setCells, stateOf, type Cells } from '../tensor/cells.ts'
import { withFlat } from '../tensor/params.ts'
import { data, type Floats } from '../tensor/tensor.ts'
import { expectShape } from '../tensor/check.ts'
import type { PolicyParams } from './policy.ts'

/** Parameters and the optimiser's state, in arrays that operations read and move on. */
export interface LaidLearner<O> {
  /** this thread's */
  readonly params: PolicyParams
  readonly cells: Cells<O>
  /** Takes what the caller's thread was given; every thread does so before it works. */
  readonly begin: () => void
  /** Gives the caller's thread a learner to begin with. */
  readonly set: (params: PolicyParams, optim?: O) => void
  /** What the caller's thread has come to, copied. */
  readonly get: () => { readonly params: PolicyParams; readonly optim: O }
}

/**
 * Lays out a learner. The caller's thread, rank 0, works on the shared one and the others on copies:
 * all take the same steps, so nobody has to be sent what they made.
 *
 * @param like parameters and optimiser state of the same form
 */
export const layLearner = <O>(
  { group, shared, own: mine }: Runtime,
  like: { readonly params: PolicyParams; readonly optim: O },
): LaidLearner<O> => {
  const count = data(like.params.flat).length
  const first = { flat: shared.floats(count), cells: layCells(shared, like.optim) }
  const here =
    group.rank === 0 ? first : { flat: mine.floats(count), cells: layCells(mine, like.optim) }
  return {
    params: withFlat(like.params.tree, here.flat),
    cells: here.cells,
    begin: () => {
      if (group.rank === 0) return
      here.flat.set(first.flat)
      copyCells(here.cells, first.cells)
    },
    set: ({ flat }, optim) => {
      first.flat.set(data(expectShape('params', flat, ['param'], [count])))
      if (optim !== undefined) setCells(first.cells, optim, 'optim')
    },
    get: () => {
      const flat: Floats = first.flat.slice()
      return {
        params: withFlat(like.params.tree, flat),
        optim: stateOf(first.cells, like.optim),
      }
    },
  }
}

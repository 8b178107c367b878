import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { buildAlone } from '../engine/runtime.ts'
import type { Machine } from '../kernel/machine.ts'
import type { Batch } from '../nn/layer.ts'
import { withFlat, type Params, type ParamTree } from '../tensor/params.ts'
import { data, own, size, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import { writeContext } from './context.ts'
import type { Sequence } from './encode.ts'
import { tokenIds, type Vocabulary } from './vocabulary.ts'

/** Rows of a forward pass: many, and few for a single response. */
const ROWS = 256
const FEW = 16

/** What networks of tokens compute for every token of a sequence, EOS included. */
export interface PerToken<P extends ParamTree> {
  readonly vocabulary: Pick<Vocabulary, 'tokens'>
  /** parameters of the same form */
  readonly like: Params<P>
  readonly window: number
  /** whether the context of a token ends before it, or with it */
  readonly context: 'before' | 'with'
  /** A number per row, from contexts [sample, feature=window] and the tokens themselves. */
  readonly compute: (
    machine: Machine,
    tree: P,
    context: Batch<'sample'>,
    token: Tensor<['sample']>,
  ) => ReadonlyNumbers
}

/**
 * Computes a number for every token of sequences and for EOS at their ends, many rows at a time.
 *
 * @returns a function of parameters and sequences; it is recorded once, so keep it
 */
export const perToken = <P extends ParamTree>(
  { vocabulary, like, window, context: kind, compute }: PerToken<P>,
  how: BackendChoice = 'auto',
): ((
  params: Pick<Params, 'flat'>,
  sequences: readonly Sequence[],
) => ReadonlyArray<readonly number[]>) => {
  const ids = tokenIds(vocabulary)
  const { flat, context, token, few, many } = buildAlone(chosenBackend(how), (runtime) => {
    const flat = runtime.own.floats(size(like.flat))
    const context = runtime.own.integers(ROWS * window)
    const token = runtime.own.integers(ROWS)
    const over = (rows: number) =>
      runtime.record((machine) =>
        compute(
          machine,
          withFlat(like.tree, flat).tree,
          own(['sample', 'feature'], [rows, window], context.subarray(0, rows * window)),
          own(['sample'], [rows], token.subarray(0, rows)),
        ),
      )
    return { flat, context, token, few: over(FEW), many: over(ROWS) }
  })
  const shift = kind === 'with' ? 1 : 0
  return (params, sequences) => {
    flat.set(data(params.flat))
    const out: number[][] = sequences.map(() => [])
    const owners = new Int32Array(ROWS)
    let filled = 0
    const flush = (): void => {
      const numbers = (filled <= FEW ? few : many).run()
      for (let row = 0; row < filled; row++) out[owners[row]!]!.push(numbers[row]!)
      filled = 0
    }
    sequences.forEach((sequence, owner) => {
      const whole = [...sequence, ids.eos]
      for (let at = 0; at < whole.length; at++) {
        writeContext(context, filled * window, whole, at + shift, window, ids)
        token[filled] = whole[at]!
        owners[filled++] = owner
        if (filled === ROWS) flush()
      }
    })
    // Rows beyond those that are filled hold what they held.
    if (filled > 0) flush()
    return out
  }
}

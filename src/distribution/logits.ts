import { operation, type Machine } from '../kernel/machine.ts'
import { expectShape } from '../tensor/check.ts'
import { data, ownLike } from '../tensor/tensor.ts'
import type { Mask, Param } from './distribution.ts'
import type { In, Table } from './rows.ts'

/** `logits[env=3]: expected …, got [0, NaN]`, for row `row` of logits [B, param]. */
export const badLogits = (
  { batch, columns }: Table,
  row: number,
  x: In,
  expected: string,
): RangeError => {
  const got = Array.from({ length: columns }, (_, j) => x[row * columns + j])
  return new RangeError(`logits[${batch}=${row}]: expected ${expected}, got [${got.join(', ')}]`)
}

const flag = operation('distribution.flag', (_, out: Uint8Array, x: In) => {
  for (let at = 0; at < out.length; at++) out[at] = x[at] === 0 ? 0 : 1
})

/** The logits [B, n], those of closed choices −∞. */
export const masked = <B extends string>(
  machine: Machine,
  logits: Param<B>,
  mask: Mask<B>,
): Param<B> => {
  const [rows, columns] = logits.shape
  const given = data(expectShape('mask', mask, [logits.dims[0], 'choice'], [rows, columns]))
  const open = mask.dtype === 'u8' ? given : machine.bytes(rows * columns)
  if (open !== given) machine.run(flag, open as Uint8Array, given)
  const out = machine.alloc(rows * columns)
  machine.vector.mask(out, data(logits), open)
  return ownLike(logits, out)
}

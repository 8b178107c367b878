import { expectShape } from '../tensor/check.ts'
import { promote } from '../tensor/elementwise.ts'
import {
  allocate,
  data,
  own,
  ownLike,
  toArray,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { Param } from './distribution.ts'

/** f of every row, computed in f64 and rounded to the element type of the parameters: [B]. */
export const eachRow = <B extends string>(
  like: Param<B>,
  f: (row: number) => number,
): Tensor<[B]> => {
  const [rows] = like.shape
  const out = allocate(promote(like), rows)
  for (let i = 0; i < rows; i++) out[i] = f(i)
  return own<[B]>([like.dims[0]], [rows], out)
}

/** f of every place of the flat parameters, rounded in the same way: [B, param]. */
export const eachParam = <B extends string>(
  like: Param<B>,
  f: (at: number) => number,
): Param<B> => {
  const [rows, columns] = like.shape
  const out = allocate(promote(like), rows * columns)
  for (let at = 0; at < out.length; at++) out[at] = f(at)
  return ownLike(like, out)
}

/** The numbers of actions [B, action], once their shape is known to be that. */
export const actionRows = (
  action: Tensor,
  { dims, shape: [rows] }: Param<string>,
  columns: number,
): ReadonlyNumbers => data(expectShape('action', action, [dims[0], 'action'], [rows, columns]))

/** `action[env=3, action=1]: expected …, got 7`, for element `at` of [B, action]. */
export const badAction = (
  { dims: [batch] }: Param<string>,
  columns: number,
  at: number,
  expected: string,
  got: number,
): RangeError =>
  new RangeError(
    `action[${batch}=${Math.floor(at / columns)}, action=${at % columns}]: expected ${expected}, got ${got}`,
  )

/** The numbers of a mask [B, choice], once its shape is known to be that. */
export const openChoices = (
  open: Tensor,
  { dims, shape: [rows] }: Param<string>,
  choices: number,
): ReadonlyNumbers => data(expectShape('mask', open, [dims[0], 'choice'], [rows, choices]))

/** `logits[env=3]: expected …, got [0, NaN]`, for a row of parameters that are logits. */
export const badLogits = (param: Param<string>, row: number, expected: string): RangeError => {
  const columns = param.shape[1]
  const got = toArray(param).slice(row * columns, (row + 1) * columns)
  return new RangeError(
    `logits[${param.dims[0]}=${row}]: expected ${expected}, got [${got.join(', ')}]`,
  )
}

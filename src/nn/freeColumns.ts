import type { Kernels } from '../kernel/kernels.ts'
import { own, data, reshape, type Tensor } from '../tensor/tensor.ts'
import type { Batch } from './dense.ts'

/**
 * Columns of a distribution's parameters that are parameters themselves, the same in every state,
 * instead of outputs of the network: the log-std of a Gaussian policy. Number i is column
 * `columns[i]`.
 */
export interface FreeColumns {
  readonly columns: readonly number[]
  /** what they start from: one number for all, or one each */
  readonly init: number | readonly number[]
}

/**
 * The columns that are left to the network, in rising order.
 *
 * @throws RangeError unless the free ones are different columns of 0 … distParams − 1, not all
 */
export const networkColumns = (
  distParams: number,
  columns: readonly number[],
): readonly number[] => {
  for (const [i, column] of columns.entries())
    if (
      !(Number.isInteger(column) && column >= 0 && column < distParams) ||
      columns.indexOf(column) < i
    )
      throw new RangeError(
        `columns[${i}]: expected a column from 0 to ${distParams - 1}, each once, got ${column}`,
      )
  if (columns.length === distParams)
    throw new RangeError(
      `columns: expected fewer than all ${distParams}, got ${columns.length}: leave the network one`,
    )
  return Array.from({ length: distParams }, (_, j) => j).filter((j) => !columns.includes(j))
}

/** @throws RangeError unless there is a start for each column */
export const initFree = ({ alloc }: Kernels, { columns, init }: FreeColumns): Tensor<['free']> => {
  const starts = typeof init === 'number' ? columns.map(() => init) : init
  if (starts.length !== columns.length)
    throw new RangeError(
      `init: expected ${columns.length} numbers, one for each free column, got ${starts.length}`,
    )
  const out = alloc(starts.length)
  out.set(starts)
  return own(['free'], [starts.length], out)
}

/**
 * [B, param] from the network's outputs [B, feature], in order, and the free vector, the same in
 * every row.
 *
 * @throws RangeError unless there are as many columns as free numbers
 */
export const lay = <B extends string>(
  { alloc }: Kernels,
  out: Batch<B>,
  free: Tensor<['free']> | undefined,
  columns: readonly number[],
): Tensor<[B, 'param']> => {
  const [rows, outputs] = out.shape
  const values = free === undefined ? [] : data(free)
  if (columns.length !== values.length)
    throw new RangeError(
      `columns: expected ${values.length}, one for each number of logStd, got ${columns.length}`,
    )
  const width = outputs + columns.length
  if (free === undefined) return reshape(out, [out.dims[0], 'param'], [rows, width])
  const places = networkColumns(width, columns)
  const x = data(out)
  const laid = alloc(rows * width)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < outputs; j++) laid[i * width + places[j]!] = x[i * outputs + j]!
    for (let j = 0; j < columns.length; j++) laid[i * width + columns[j]!] = values[j]!
  }
  return own([out.dims[0], 'param'], [rows, width], laid)
}

/** Those columns of x [B, param], in that order: [B, feature]. */
const gather = <B extends string>(
  { alloc }: Kernels,
  x: Tensor<[B, 'param']>,
  columns: readonly number[],
): Batch<B> => {
  const [rows, width] = x.shape
  const all = data(x)
  const out = alloc(rows * columns.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns.length; j++)
      out[i * columns.length + j] = all[i * width + columns[j]!]!
  return own([x.dims[0], 'feature'], [rows, columns.length], out)
}

/**
 * The chain rule through `lay`: from dL/d(dist) the gradient of the outputs, which is their
 * columns, and of the free vector, which stands in every row, so that its rows add up.
 */
export const layBackward = <B extends string>(
  kernels: Kernels,
  dDist: Tensor<[B, 'param']>,
  columns: readonly number[],
): { readonly dOut: Batch<B>; readonly logStd: Tensor<['free']> } => {
  const [rows, width] = dDist.shape
  const dFree = kernels.alloc(columns.length)
  kernels.dense.sumRows(dFree, data(gather(kernels, dDist, columns)), rows, columns.length)
  return {
    dOut: gather(kernels, dDist, networkColumns(width, columns)),
    logStd: own(['free'], [columns.length], dFree),
  }
}

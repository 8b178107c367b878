import { type Fill, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { expectShape } from '../tensor/check.ts'
import {
  allocate,
  data,
  own,
  reshape,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import { filled, rowsOf, type Batch, type Shard } from './layer.ts'

/**
 * Columns of a distribution's parameters that are parameters themselves, the same in every state,
 * instead of outputs of the network: log σ of a Gaussian policy. Number i is column `columns[i]`.
 */
export interface StateIndependentLogStd {
  readonly columns: readonly number[]
  /** what they start from: one number for all, or one each */
  readonly init: number | readonly number[]
}

/**
 * The columns that are left to the network, in rising order.
 *
 * @throws RangeError unless `columns` are different ones of 0 … distParams − 1, and not all
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
      `columns: expected fewer than all ${distParams}, got ${columns.length}: leave at least one to the network`,
    )
  return Array.from({ length: distParams }, (_, j) => j).filter((j) => !columns.includes(j))
}

/** @throws RangeError unless there is a start for each column */
export const initLogStd = (
  { columns, init }: StateIndependentLogStd,
  dtype: 'f32' | 'f64',
): Tensor<['free']> => {
  const starts = typeof init === 'number' ? columns.map(() => init) : init
  if (starts.length !== columns.length)
    throw new RangeError(
      `init: expected ${columns.length} numbers, one for each column, got ${starts.length}`,
    )
  const out = allocate(dtype, starts.length) as Floats
  out.set(starts)
  return own(['free'], [starts.length], out)
}

type Columns = readonly number[]

const lay = operation(
  'stateIndependentLogStd.lay',
  (
    _,
    param: Floats,
    out: ReadonlyNumbers,
    logStd: ReadonlyNumbers,
    rows: number,
    places: Columns,
    free: Columns,
  ) => {
    const width = places.length + free.length
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < places.length; j++)
        param[i * width + places[j]!] = out[i * places.length + j]!
      for (let j = 0; j < free.length; j++) param[i * width + free[j]!] = logStd[j]!
    }
  },
)

export const stateIndependentLogStdLayForm: FormOf<typeof lay> = {
  of: lay,
  form: (param, out, logStd, rows, places, free) => ({
    fills: [
      {
        out: param,
        shape: [rows, places.length + free.length],
        reads: { out: { x: out, columns: places.length }, logStd },
        code: `let found = 0.0;
  ${places.map((column, j) => `if (col === ${column}) found = out(row, ${j});`).join('\n  ')}
  ${free.map((column, j) => `if (col === ${column}) found = logStd(${j});`).join('\n  ')}`,
        value: 'found',
      },
    ],
  }),
}

/** The columns of dL/dparam, a matrix of those of the outputs and one of those of log σ. */
const takeApart = operation(
  'stateIndependentLogStd.takeApart',
  (
    _,
    dOut: Floats,
    dLogStd: Floats,
    dParam: ReadonlyNumbers,
    rows: number,
    places: Columns,
    free: Columns,
  ) => {
    const width = places.length + free.length
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < places.length; j++)
        dOut[i * places.length + j] = dParam[i * width + places[j]!]!
      for (let j = 0; j < free.length; j++)
        dLogStd[i * free.length + j] = dParam[i * width + free[j]!]!
    }
  },
)

export const stateIndependentLogStdTakeApartForm: FormOf<typeof takeApart> = {
  of: takeApart,
  form: (dOut, dLogStd, dParam, rows, places, free) => {
    const take = (out: Floats, columns: Columns): Fill => ({
      out,
      shape: [rows, columns.length],
      reads: { dParam: { x: dParam, columns: places.length + free.length } },
      code: `let found = 0.0;
  ${columns.map((column, j) => `if (col === ${j}) found = dParam(row, ${column});`).join('\n  ')}`,
      value: 'found',
    })
    return { fills: [take(dOut, places), take(dLogStd, free)] }
  },
}

/** How the parameters of a distribution are put together, and its derivatives. */
export interface Layout {
  /** [B, param] from the network's outputs [B, feature], in order, and log σ in every row. */
  readonly lay: <B extends string>(
    machine: Machine,
    out: Batch<B>,
    logStd: Tensor<['free']> | undefined,
  ) => Tensor<[B, 'param']>
  /**
   * The chain rule through `lay`: dL/dout are the columns of the outputs. Log σ stands in every
   * row, so its gradient is the sum of its columns over the rows of a shard.
   */
  readonly backward: <B extends string>(
    machine: Machine,
    shards: ReadonlyArray<Shard<Tensor<['free']>>>,
    dParam: Tensor<[B, 'param']>,
  ) => Batch<B>
}

/**
 * @param free the columns that are log σ; none where all are outputs of the network
 * @throws RangeError as `networkColumns`
 */
export const layout = (distParams: number, free: readonly number[]): Layout => {
  const places = networkColumns(distParams, free)
  const outputs = places.length
  return {
    lay: (machine, out, logStd) => {
      const [name] = out.dims
      const [rows] = out.shape
      if (free.length === 0) return reshape(out, [name, 'param'], [rows, distParams])
      if (logStd === undefined)
        throw new RangeError(`logStd: expected [free=${free.length}], got none`)
      expectShape('logStd', logStd, ['free'], [free.length])
      const param = machine.alloc(rows * distParams)
      machine.run(lay, param, data(out), data(logStd), rows, places, free)
      return own([name, 'param'], [rows, distParams], param)
    },
    backward: (machine, shards, dParam) => {
      const [name] = dParam.dims
      const [rows] = dParam.shape
      if (free.length === 0) return reshape(dParam, [name, 'feature'], [rows, outputs])
      const dOut = machine.alloc(rows * outputs)
      const dLogStd = machine.alloc(rows * free.length)
      machine.run(takeApart, dOut, dLogStd, data(dParam), rows, places, free)
      for (const { from, to, grads } of shards) {
        const shard = rowsOf(dLogStd, free.length, from, to)
        machine.dense.sumRows(filled(grads), shard, to - from, free.length)
      }
      return own([name, 'feature'], [rows, outputs], dOut)
    },
  }
}

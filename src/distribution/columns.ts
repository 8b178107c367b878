import { operation, type Machine } from '../kernel/machine.ts'
import {
  data,
  own,
  type DType,
  type Numbers,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'

/** Columns `from` … `from + count − 1` of a table. */
export interface Columns {
  readonly from: number
  readonly count: number
}

/** An array of the machine that holds numbers of that element type. */
export const allocate = (machine: Machine, dtype: DType, length: number): Numbers => {
  if (dtype === machine.dtype) return machine.alloc(length)
  if (dtype === 'i32') return machine.integers(length)
  return dtype === 'u8' ? machine.bytes(length) : machine.doubles(length)
}

const copyOut = operation(
  'columns.cut',
  (
    _,
    out: Numbers,
    x: ReadonlyNumbers,
    width: number,
    from: number,
    count: number,
    rows: number,
  ) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < count; j++) out[i * count + j] = x[i * width + from + j]!
  },
)

const copyIn = operation(
  'columns.paste',
  (
    _,
    out: Numbers,
    x: ReadonlyNumbers,
    width: number,
    from: number,
    count: number,
    rows: number,
  ) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < count; j++) out[i * width + from + j] = x[i * count + j]!
  },
)

/** Those columns of [B, N] alone, copied. */
export const cut = <B extends string, N extends string>(
  machine: Machine,
  t: Tensor<[B, N]>,
  { from, count }: Columns,
): Tensor<[B, N]> => {
  const [rows, width] = t.shape
  const out = allocate(machine, t.dtype, rows * count)
  machine.run(copyOut, out, data(t), width, from, count, rows)
  return own<[B, N]>([t.dims[0], t.dims[1]], [rows, count], out)
}

/** Writes a table of `rows` rows into those columns of one that is `width` wide. */
export const paste = (
  machine: Machine,
  out: Numbers,
  width: number,
  table: Tensor,
  { from, count }: Columns,
  rows: number,
): void => {
  machine.run(copyIn, out, data(table), width, from, count, rows)
}

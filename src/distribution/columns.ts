import { allocate, data, own, type DType, type Tensor } from '../tensor/tensor.ts'

/** Columns `from` … `from + count − 1` of [B, N]. */
export interface Columns {
  readonly from: number
  readonly count: number
}

/** Those columns alone, copied. */
export const cut = <B extends string, N extends string>(
  t: Tensor<[B, N]>,
  { from, count }: Columns,
): Tensor<[B, N]> => {
  const [rows, columns] = t.shape
  const x = data(t)
  const out = allocate(t.dtype, rows * count)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < count; j++) out[i * count + j] = x[i * columns + from + j]!
  return own<[B, N]>([t.dims[0], t.dims[1]], [rows, count], out)
}

/** Tables of so many rows, one beside the other; one [B] is a column. */
export const join = <B extends string, N extends string>(
  dims: [B, N],
  rows: number,
  tables: readonly Tensor[],
  dtype: DType,
): Tensor<[B, N]> => {
  const widths = tables.map(({ shape }) => shape[1] ?? 1)
  const columns = widths.reduce((sum, width) => sum + width, 0)
  const out = allocate(dtype, rows * columns)
  let from = 0
  for (const [k, table] of tables.entries()) {
    const x = data(table)
    const width = widths[k]!
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < width; j++) out[i * columns + from + j] = x[i * width + j]!
    from += width
  }
  return own<[B, N]>(dims, [rows, columns], out)
}

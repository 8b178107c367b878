import type { KernelReal } from '../../math/real.ts'
import type { Floats, ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { MatmulKernels } from '../kernels.ts'

/**
 * Lines of a matrix in panels of four, in the order in which a block reads them: for each inner
 * index the four numbers stand side by side. As f64, because arithmetic is done there and then
 * rounded: each number is converted once instead of once a block. `room` is used again if it
 * is large enough.
 */
const packed = (
  room: Float64Array,
  x: ReadonlyNumbers,
  lines: number,
  inner: number,
  lineStride: number,
  innerStride: number,
): Float64Array => {
  const panels = room.length >= lines * inner ? room : new Float64Array(lines * inner)
  let to = 0
  for (let line = 0; line < lines; line += 4)
    for (let q = 0, from = line * lineStride; q < inner; q++, from += innerStride) {
      panels[to] = x[from]!
      panels[to + 1] = x[from + lineStride]!
      panels[to + 2] = x[from + 2 * lineStride]!
      panels[to + 3] = x[from + 3 * lineStride]!
      to += 4
    }
  return panels
}

/**
 * All three products are one loop over strides: out[i,j] = bias[j] + Σ_q a[i,q] b[q,j], where
 * (row, inner) steps through a, (inner, column) through b, and out is row-major. It goes by
 * blocks of 4 × 4 outputs whose sums stay in registers; what is left at the edges goes by 8 × 1
 * and 1 × 1. Blocks change when an element is computed, never the order inside a sum.
 */
export const matmulKernels = ({ round }: KernelReal): MatmulKernels => {
  // Working room, kept between calls; nothing in it outlives one.
  let aPanels: Float64Array = new Float64Array(0)
  let bPanels: Float64Array = new Float64Array(0)

  const blocks = (
    out: Floats,
    a: Float64Array,
    b: Float64Array,
    bias: ReadonlyNumbers | null,
    rows: number,
    inner: number,
    columns: number,
    outStride: number,
  ): void => {
    for (let i = 0; i < rows; i += 4)
      for (let j = 0; j < columns; j += 4) {
        let c00 = 0
        let c01 = 0
        let c02 = 0
        let c03 = 0
        if (bias !== null) {
          c00 = bias[j]!
          c01 = bias[j + 1]!
          c02 = bias[j + 2]!
          c03 = bias[j + 3]!
        }
        let c10 = c00
        let c11 = c01
        let c12 = c02
        let c13 = c03
        let c20 = c00
        let c21 = c01
        let c22 = c02
        let c23 = c03
        let c30 = c00
        let c31 = c01
        let c32 = c02
        let c33 = c03
        for (let pa = i * inner, pb = j * inner, end = pa + 4 * inner; pa < end; pa += 4, pb += 4) {
          const a0 = a[pa]!
          const a1 = a[pa + 1]!
          const a2 = a[pa + 2]!
          const a3 = a[pa + 3]!
          const b0 = b[pb]!
          const b1 = b[pb + 1]!
          const b2 = b[pb + 2]!
          const b3 = b[pb + 3]!
          c00 = round(c00 + round(a0 * b0))
          c01 = round(c01 + round(a0 * b1))
          c02 = round(c02 + round(a0 * b2))
          c03 = round(c03 + round(a0 * b3))
          c10 = round(c10 + round(a1 * b0))
          c11 = round(c11 + round(a1 * b1))
          c12 = round(c12 + round(a1 * b2))
          c13 = round(c13 + round(a1 * b3))
          c20 = round(c20 + round(a2 * b0))
          c21 = round(c21 + round(a2 * b1))
          c22 = round(c22 + round(a2 * b2))
          c23 = round(c23 + round(a2 * b3))
          c30 = round(c30 + round(a3 * b0))
          c31 = round(c31 + round(a3 * b1))
          c32 = round(c32 + round(a3 * b2))
          c33 = round(c33 + round(a3 * b3))
        }
        let o = i * outStride + j
        out[o] = c00
        out[o + 1] = c01
        out[o + 2] = c02
        out[o + 3] = c03
        o += outStride
        out[o] = c10
        out[o + 1] = c11
        out[o + 2] = c12
        out[o + 3] = c13
        o += outStride
        out[o] = c20
        out[o + 1] = c21
        out[o + 2] = c22
        out[o + 3] = c23
        o += outStride
        out[o] = c30
        out[o + 1] = c31
        out[o + 2] = c32
        out[o + 3] = c33
      }
  }

  /** Rows i0 … i1 and columns j0 … j1, eight rows of one column at a time, then one. */
  const narrow = (
    out: Floats,
    a: ReadonlyNumbers,
    b: ReadonlyNumbers,
    bias: ReadonlyNumbers | null,
    i0: number,
    i1: number,
    j0: number,
    j1: number,
    inner: number,
    columns: number,
    aRow: number,
    aInner: number,
    bInner: number,
    bColumn: number,
  ): void => {
    for (let j = j0; j < j1; j++) {
      const start = bias === null ? 0 : bias[j]!
      let i = i0
      for (; i + 8 <= i1; i += 8) {
        let c0 = start
        let c1 = start
        let c2 = start
        let c3 = start
        let c4 = start
        let c5 = start
        let c6 = start
        let c7 = start
        let pa = i * aRow
        let pb = j * bColumn
        for (let q = 0; q < inner; q++) {
          const bq = b[pb]!
          c0 = round(c0 + round(a[pa]! * bq))
          c1 = round(c1 + round(a[pa + aRow]! * bq))
          c2 = round(c2 + round(a[pa + 2 * aRow]! * bq))
          c3 = round(c3 + round(a[pa + 3 * aRow]! * bq))
          c4 = round(c4 + round(a[pa + 4 * aRow]! * bq))
          c5 = round(c5 + round(a[pa + 5 * aRow]! * bq))
          c6 = round(c6 + round(a[pa + 6 * aRow]! * bq))
          c7 = round(c7 + round(a[pa + 7 * aRow]! * bq))
          pa += aInner
          pb += bInner
        }
        let o = i * columns + j
        out[o] = c0
        out[(o += columns)] = c1
        out[(o += columns)] = c2
        out[(o += columns)] = c3
        out[(o += columns)] = c4
        out[(o += columns)] = c5
        out[(o += columns)] = c6
        out[(o += columns)] = c7
      }
      for (; i < i1; i++) {
        let c = start
        let pa = i * aRow
        let pb = j * bColumn
        for (let q = 0; q < inner; q++) {
          c = round(c + round(a[pa]! * b[pb]!))
          pa += aInner
          pb += bInner
        }
        out[i * columns + j] = c
      }
    }
  }

  const product = (
    out: Floats,
    a: ReadonlyNumbers,
    b: ReadonlyNumbers,
    bias: ReadonlyNumbers | null,
    rows: number,
    inner: number,
    columns: number,
    aRow: number,
    aInner: number,
    bInner: number,
    bColumn: number,
  ): void => {
    const fullRows = rows - (rows % 4)
    const fullColumns = columns - (columns % 4)
    if (fullRows > 0 && fullColumns > 0) {
      aPanels = packed(aPanels, a, fullRows, inner, aRow, aInner)
      bPanels = packed(bPanels, b, fullColumns, inner, bColumn, bInner)
      blocks(out, aPanels, bPanels, bias, fullRows, inner, fullColumns, columns)
    }
    narrow(
      out,
      a,
      b,
      bias,
      fullRows,
      rows,
      0,
      fullColumns,
      inner,
      columns,
      aRow,
      aInner,
      bInner,
      bColumn,
    )
    narrow(
      out,
      a,
      b,
      bias,
      0,
      rows,
      fullColumns,
      columns,
      inner,
      columns,
      aRow,
      aInner,
      bInner,
      bColumn,
    )
  }

  return {
    nn: (out, a, b, bias, m, k, n) => product(out, a, b, bias, m, k, n, k, 1, n, 1),
    tn: (out, a, b, m, k, n) => product(out, a, b, null, k, m, n, 1, k, n, 1),
    nt: (out, a, b, m, k, n) => product(out, a, b, null, m, n, k, n, 1, 1, n),
  }
}

/**
 * Matrix products in blocks of four rows by eight columns, whose sums stay in registers. Lanes lie
 * across columns, so that every output adds its own products one after the other, in rising inner
 * index. Pointers and strides are bytes; matrices are row-major and contiguous.
 */

import { scratch } from './scratch'

/** A matrix of more bytes is packed: walked by its strides, it would not stay in the first cache. */
const SMALL: usize = 32768

@inline
function start(bias: usize, at: usize): v128 {
  return bias === 0 ? f32x4.splat(0) : v128.load(bias + at)
}

@inline
function axpy(c: v128, a: v128, b: v128): v128 {
  return f32x4.add(c, f32x4.mul(a, b))
}

/** Four rows, eight columns. Not unrolled: engines keep all of it in registers just so. */
@inline
function block4x8(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bias: usize,
  inner: usize,
): void {
  let c00 = start(bias, 0)
  let c01 = start(bias, 16)
  let c10 = c00
  let c11 = c01
  let c20 = c00
  let c21 = c01
  let c30 = c00
  let c31 = c01
  let a1 = a + aRow
  let a2 = a1 + aRow
  let a3 = a2 + aRow
  for (const end = b + inner * bInner; b < end; b += bInner) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let x = v128.load32_splat(a)
    c00 = axpy(c00, x, b0)
    c01 = axpy(c01, x, b1)
    x = v128.load32_splat(a1)
    c10 = axpy(c10, x, b0)
    c11 = axpy(c11, x, b1)
    x = v128.load32_splat(a2)
    c20 = axpy(c20, x, b0)
    c21 = axpy(c21, x, b1)
    x = v128.load32_splat(a3)
    c30 = axpy(c30, x, b0)
    c31 = axpy(c31, x, b1)
    a += aInner
    a1 += aInner
    a2 += aInner
    a3 += aInner
  }
  v128.store(out, c00)
  v128.store(out, c01, 16)
  out += outRow
  v128.store(out, c10)
  v128.store(out, c11, 16)
  out += outRow
  v128.store(out, c20)
  v128.store(out, c21, 16)
  out += outRow
  v128.store(out, c30)
  v128.store(out, c31, 16)
}

/** Two rows, sixteen columns: as many sums at once where there are no four rows. */
@inline
function block2x16(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bias: usize,
  inner: usize,
): void {
  let c00 = start(bias, 0)
  let c01 = start(bias, 16)
  let c02 = start(bias, 32)
  let c03 = start(bias, 48)
  let c10 = c00
  let c11 = c01
  let c12 = c02
  let c13 = c03
  let a1 = a + aRow
  for (const end = b + inner * bInner; b < end; b += bInner) {
    const x0 = v128.load32_splat(a)
    const x1 = v128.load32_splat(a1)
    let y = v128.load(b)
    c00 = axpy(c00, x0, y)
    c10 = axpy(c10, x1, y)
    y = v128.load(b, 16)
    c01 = axpy(c01, x0, y)
    c11 = axpy(c11, x1, y)
    y = v128.load(b, 32)
    c02 = axpy(c02, x0, y)
    c12 = axpy(c12, x1, y)
    y = v128.load(b, 48)
    c03 = axpy(c03, x0, y)
    c13 = axpy(c13, x1, y)
    a += aInner
    a1 += aInner
  }
  v128.store(out, c00)
  v128.store(out, c01, 16)
  v128.store(out, c02, 32)
  v128.store(out, c03, 48)
  out += outRow
  v128.store(out, c10)
  v128.store(out, c11, 16)
  v128.store(out, c12, 32)
  v128.store(out, c13, 48)
}

/** One row, sixteen columns. */
@inline
function block1x16(
  out: usize,
  a: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bias: usize,
  inner: usize,
): void {
  let c0 = start(bias, 0)
  let c1 = start(bias, 16)
  let c2 = start(bias, 32)
  let c3 = start(bias, 48)
  for (const end = b + inner * bInner; b < end; b += bInner) {
    const x = v128.load32_splat(a)
    c0 = axpy(c0, x, v128.load(b))
    c1 = axpy(c1, x, v128.load(b, 16))
    c2 = axpy(c2, x, v128.load(b, 32))
    c3 = axpy(c3, x, v128.load(b, 48))
    a += aInner
  }
  v128.store(out, c0)
  v128.store(out, c1, 16)
  v128.store(out, c2, 32)
  v128.store(out, c3, 48)
}

/** The first `lanes` of a vector. */
@inline
function storeLanes(out: usize, x: v128, lanes: i32): void {
  if (lanes === 4) return v128.store(out, x)
  v128.store_lane<f32>(out, x, 0)
  if (lanes > 1) v128.store_lane<f32>(out, x, 1, 4)
  if (lanes > 2) v128.store_lane<f32>(out, x, 2, 8)
}

/** Four rows, up to four columns; four numbers of b and bias can be read in any case. */
@inline
function block4x4(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bias: usize,
  inner: usize,
  lanes: i32,
): void {
  let c0 = start(bias, 0)
  let c1 = c0
  let c2 = c0
  let c3 = c0
  let a1 = a + aRow
  let a2 = a1 + aRow
  let a3 = a2 + aRow
  for (const end = b + inner * bInner; b < end; b += bInner) {
    const b0 = v128.load(b)
    c0 = axpy(c0, v128.load32_splat(a), b0)
    c1 = axpy(c1, v128.load32_splat(a1), b0)
    c2 = axpy(c2, v128.load32_splat(a2), b0)
    c3 = axpy(c3, v128.load32_splat(a3), b0)
    a += aInner
    a1 += aInner
    a2 += aInner
    a3 += aInner
  }
  storeLanes(out, c0, lanes)
  out += outRow
  storeLanes(out, c1, lanes)
  out += outRow
  storeLanes(out, c2, lanes)
  out += outRow
  storeLanes(out, c3, lanes)
}

/** One row, up to four columns; four numbers of b and bias can be read in any case. */
@inline
function block1x4(
  out: usize,
  a: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bias: usize,
  inner: usize,
  lanes: i32,
): void {
  let c = start(bias, 0)
  for (const end = b + inner * bInner; b < end; b += bInner) {
    c = axpy(c, v128.load32_splat(a), v128.load(b))
    a += aInner
  }
  storeLanes(out, c, lanes)
}

/** Eight columns, four rows at a time. */
function panel8(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bias: usize,
  rows: i32,
  inner: usize,
): void {
  for (let i = rows; i > 0; i -= 4) {
    block4x8(out, outRow, a, aRow, aInner, b, bInner, bias, inner)
    out += outRow << 2
    a += aRow << 2
  }
}

/** All rows of up to four columns. */
function panel4(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bias: usize,
  rows: i32,
  inner: usize,
  lanes: i32,
): void {
  let i = rows
  for (; i >= 4; i -= 4) {
    block4x4(out, outRow, a, aRow, aInner, b, bInner, bias, inner, lanes)
    out += outRow << 2
    a += aRow << 2
  }
  for (; i > 0; i--) {
    block1x4(out, a, aInner, b, bInner, bias, inner, lanes)
    out += outRow
    a += aRow
  }
}

/** One to three rows of `columns` columns, a multiple of four. */
function lastRows(
  out: usize,
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  stride: usize,
  bias: usize,
  rows: i32,
  inner: usize,
  columns: i32,
): void {
  let j = columns
  for (; j >= 16; j -= 16) {
    let i = rows
    let at = out
    let row = a
    if (i >= 2) {
      block2x16(at, stride, row, aRow, aInner, b, stride, bias, inner)
      at += stride << 1
      row += aRow << 1
      i -= 2
    }
    if (i > 0) block1x16(at, row, aInner, b, stride, bias, inner)
    out += 64
    b += 64
    if (bias !== 0) bias += 64
  }
  for (; j >= 4; j -= 4) {
    panel4(out, stride, a, aRow, aInner, b, stride, bias, rows, inner, 4)
    out += 16
    b += 16
    if (bias !== 0) bias += 16
  }
}

/** Eight columns of b, their rows one after the other. */
function pack8(to: usize, b: usize, bInner: usize, inner: usize): void {
  for (const end = to + (inner << 5); to < end; to += 32) {
    v128.store(to, v128.load(b))
    v128.store(to, v128.load(b, 16), 16)
    b += bInner
  }
}

/** Whether a vector that begins within so many bytes from there on ends in the memory. */
@inline
function fits(at: usize, bytes: usize): bool {
  return <u64>at + <u64>bytes + 16 <= (<u64>memory.size()) << 16
}

/** Fewer than four columns of b, filled up with zeros to four. */
function pack4(to: usize, b: usize, bInner: usize, inner: usize, lanes: i32): void {
  for (const end = to + (inner << 4); to < end; to += 16) {
    v128.store(to, f32x4.splat(0))
    for (let j: usize = 0; j < <usize>lanes; j++)
      store<f32>(to + (j << 2), load<f32>(b + (j << 2)))
    b += bInner
  }
}

/**
 * out[i, j] = bias[j] + Σ_q a[i, q] b[q, j] with bias 0 for none; (aRow, aInner) step through a.
 * Takes 32 · inner + 16 bytes of scratch at `room`.
 */
function product(
  out: usize,
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  bias: usize,
  rows: i32,
  inner: usize,
  columns: i32,
  room: usize,
): void {
  const stride = <usize>columns << 2
  const packs = inner * stride > SMALL && rows >= 16
  const full = rows & ~3
  const whole = columns & ~3
  if (rows > full)
    lastRows(
      out + <usize>full * stride,
      a + <usize>full * aRow,
      aRow,
      aInner,
      b,
      stride,
      bias,
      rows - full,
      inner,
      whole,
    )
  let j = columns
  for (; j >= 8; j -= 8) {
    if (packs) {
      pack8(room, b, stride, inner)
      panel8(out, stride, a, aRow, aInner, room, 32, bias, full, inner)
    } else panel8(out, stride, a, aRow, aInner, b, stride, bias, full, inner)
    out += 32
    b += 32
    if (bias !== 0) bias += 32
  }
  if (j >= 4) {
    panel4(out, stride, a, aRow, aInner, b, stride, bias, full, inner, 4)
    out += 16
    b += 16
    if (bias !== 0) bias += 16
    j -= 4
  }
  if (j > 0) {
    // Vectors are loaded whole: what stands behind the last columns is not stored.
    if (fits(b, inner * stride) && fits(bias, 4))
      return panel4(out, stride, a, aRow, aInner, b, stride, bias, rows, inner, j)
    pack4(room, b, stride, inner, j)
    const biasRoom = room + (inner << 4)
    if (bias !== 0) pack4(biasRoom, bias, 0, 1, j)
    panel4(out, stride, a, aRow, aInner, room, 16, bias === 0 ? 0 : biasRoom, rows, inner, j)
  }
}

/** out[columns, rows] = x[rows, columns]ᵀ, four by four where that fits. */
function transpose(out: usize, x: usize, rows: i32, columns: i32): void {
  const xRow = <usize>columns << 2
  const outRow = <usize>rows << 2
  for (let i = 0; i < rows; i += 4)
    for (let j = 0; j < columns; j += 4) {
      const from = x + <usize>i * xRow + (<usize>j << 2)
      const to = out + <usize>j * outRow + (<usize>i << 2)
      if (i + 4 <= rows && j + 4 <= columns) {
        const r0 = v128.load(from)
        const r1 = v128.load(from + xRow)
        const r2 = v128.load(from + 2 * xRow)
        const r3 = v128.load(from + 3 * xRow)
        const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
        const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
        const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
        const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
        v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
        v128.store(to + outRow, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7))
        v128.store(to + 2 * outRow, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5))
        v128.store(to + 3 * outRow, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7))
      } else {
        const iEnd = min(4, rows - i)
        const jEnd = min(4, columns - j)
        for (let r = 0; r < iEnd; r++)
          for (let c = 0; c < jEnd; c++)
            store<f32>(
              to + <usize>c * outRow + (<usize>r << 2),
              load<f32>(from + <usize>r * xRow + (<usize>c << 2)),
            )
      }
    }
}

/** out[m,n] = bias[n] + a[m,k] b[k,n]; bias 0 is none. */
export function nn(out: usize, a: usize, b: usize, bias: usize, m: i32, k: i32, n: i32): void {
  product(out, a, <usize>k << 2, 4, b, bias, m, k, n, scratch)
}

/** out[k,n] = a[m,k]ᵀ b[m,n] */
export function tn(out: usize, a: usize, b: usize, m: i32, k: i32, n: i32): void {
  if (<usize>(m * k * 4) > SMALL && n >= 16) {
    transpose(scratch, a, m, k)
    const room = scratch + ((<usize>(m * k) << 2) + 15 & ~15)
    product(out, scratch, <usize>m << 2, 4, b, 0, k, m, n, room)
  } else product(out, a, 4, <usize>k << 2, b, 0, k, m, n, scratch)
}

/** out[m,k] = a[m,n] b[k,n]ᵀ */
export function nt(out: usize, a: usize, b: usize, m: i32, k: i32, n: i32): void {
  transpose(scratch, b, k, n)
  const room = scratch + ((<usize>(k * n) << 2) + 15 & ~15)
  product(out, a, <usize>n << 2, 4, scratch, 0, m, n, k, room)
}

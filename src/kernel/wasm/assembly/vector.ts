import { scratch } from './scratch'

@inline
function squared(sum: v128, x: usize): v128 {
  const v = v128.load(x)
  return f32x4.add(sum, f32x4.mul(v, v))
}

/** Sixteen strided sums of squares, folded in halves. Adding 0² changes no bit of a sum. */
export function sumSquares(x: usize, n: i32): f32 {
  let s0 = f32x4.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  for (const end = x + (<usize>(n & ~15) << 2); x < end; x += 64) {
    s0 = squared(s0, x)
    s1 = squared(s1, x + 16)
    s2 = squared(s2, x + 32)
    s3 = squared(s3, x + 48)
  }
  const rest = <usize>(n & 15) << 2
  if (rest > 0) {
    memory.fill(scratch, 0, 64)
    memory.copy(scratch, x, rest)
    s0 = squared(s0, scratch)
    s1 = squared(s1, scratch + 16)
    s2 = squared(s2, scratch + 32)
    s3 = squared(s3, scratch + 48)
  }
  s0 = f32x4.add(f32x4.add(s0, s2), f32x4.add(s1, s3))
  s0 = f32x4.add(s0, v128.shuffle<f32>(s0, s0, 2, 3, 0, 1))
  return f32x4.extract_lane(s0, 0) + f32x4.extract_lane(s0, 1)
}

/** out = s · x; out may be x. */
export function scale(out: usize, x: usize, s: f32, n: i32): void {
  const factor = f32x4.splat(s)
  const end = out + (<usize>(n & ~3) << 2)
  for (; out < end; out += 16, x += 16) v128.store(out, f32x4.mul(v128.load(x), factor))
  for (let i = n & 3; i > 0; i--, out += 4, x += 4) store<f32>(out, load<f32>(x) * s)
}

/** out = a + b; out may be a or b. */
export function add(out: usize, a: usize, b: usize, n: i32): void {
  const end = out + (<usize>(n & ~3) << 2)
  for (; out < end; out += 16, a += 16, b += 16)
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)))
  for (let i = n & 3; i > 0; i--, out += 4, a += 4, b += 4)
    store<f32>(out, load<f32>(a) + load<f32>(b))
}

/** out = max(x, least); NaN stays. */
export function atLeast(out: usize, x: usize, least: f32, n: i32): void {
  const bound = f32x4.splat(least)
  const end = out + (<usize>(n & ~3) << 2)
  for (; out < end; out += 16, x += 16) v128.store(out, f32x4.pmax(v128.load(x), bound))
  for (let i = n & 3; i > 0; i--, out += 4, x += 4) {
    const xi = load<f32>(x)
    store<f32>(out, xi < least ? least : xi)
  }
}

/** out = x where the byte of `open` is not 0, −∞ where it is. */
export function mask(out: usize, x: usize, open: usize, n: i32): void {
  const closed = f32x4.splat(-Infinity)
  const end = out + (<usize>(n & ~3) << 2)
  for (; out < end; out += 16, x += 16, open += 4) {
    const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(open)))
    const isClosed = i32x4.eq(words, i32x4.splat(0))
    v128.store(out, v128.bitselect(closed, v128.load(x), isClosed))
  }
  for (let i = n & 3; i > 0; i--, out += 4, x += 4, open++)
    store<f32>(out, load<u8>(open) == 0 ? <f32>-Infinity : load<f32>(x))
}

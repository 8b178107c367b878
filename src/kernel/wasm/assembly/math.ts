/**
 * exp, log and tanh of four numbers at once, operation for operation what src/math/f32 does: where
 * it branches, both sides and a select. Constants are those of src/math/f32/constants.ts, in memory,
 * because an engine makes a constant vector out of three instructions each time, and loads it by
 * one.
 */

const TABLE: usize = memory.data<f32>(
  [
    // 0: 1, 2, 1.5 · 2^23, ln 2 in two parts
    1, 2, 12582912, 0.693145751953125, 0.000001428606765330187,
    // 5: tanh near 0, from the highest power down; where that ends, and where tanh is 1
    -0.0065219891257584095, 0.02126135863363743, -0.05390141159296036, 0.13333071768283844,
    -0.3333333134651184, 0.5625, 9.02,
    // 12: 2 / ln 2, and e^r for tanh
    2.885390043258667, 0.5, 0.16666576266288757, 0.04166655242443085, 0.00836324691772461,
    0.001392626785673201,
    // 18: 1 / ln 2, the ends of exp, and e^r
    1.4426950216293335, -104, 89, 0.5, 0.1666666716337204, 0.041666463017463684,
    0.00833331048488617, 0.0013933751033619046, 0.00019891103147529066,
    // 27: √2, and log
    1.4142135381698608, 0.6666666865348816, 0.4000012278556824, 0.28550803661346436,
    0.23330964148044586,
  ],
  16,
)

/** The constant at that place, in all lanes. */
@inline
function c(place: usize): v128 {
  return v128.load32_splat(TABLE + (place << 2))
}

@inline
function plus(a: v128, b: v128): v128 {
  return f32x4.add(a, b)
}

@inline
function minus(a: v128, b: v128): v128 {
  return f32x4.sub(a, b)
}

@inline
function times(a: v128, b: v128): v128 {
  return f32x4.mul(a, b)
}

/** 2^k of whole numbers k from −126 to 127. */
@inline
function powerOfTwo(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23)
}

/** Where |x| is too large for `nearTanh4`. */
@inline
export function isFar(x: v128): v128 {
  return f32x4.ge(f32x4.abs(x), c(10))
}

/** tanh x near 0: x · (1 + z · T(z)) with z = x². */
@inline
export function nearTanh4(x: v128): v128 {
  const z = times(x, x)
  let t = plus(times(z, c(5)), c(6))
  t = plus(times(t, z), c(7))
  t = plus(times(t, z), c(8))
  t = plus(times(t, z), c(9))
  return times(x, plus(times(t, z), c(0)))
}

@inline
export function tanh4(x: v128): v128 {
  const a = f32x4.abs(x)
  const near = nearTanh4(x)

  // Far: 1 − 2 / (e^(2a) + 1), e^(2a) = 2^k · (1 + (r + r² · q(r))). The minimum hands a NaN on.
  const limited = f32x4.pmin(a, c(11))
  // The last bits of this are those of k.
  const shifted = plus(times(limited, c(12)), c(2))
  const k = minus(shifted, c(2))
  const r = minus(minus(plus(limited, limited), times(k, c(3))), times(k, c(4)))
  const r2 = times(r, r)
  const upper = plus(times(r2, c(17)), plus(times(r, c(16)), c(15)))
  const q = plus(times(upper, r2), plus(times(r, c(14)), c(13)))
  const power = times(powerOfTwo(shifted), plus(plus(r, times(r2, q)), c(0)))
  const far = minus(c(0), f32x4.div(c(1), plus(power, c(0))))
  const signed = v128.or(far, v128.xor(x, a))

  return v128.bitselect(near, signed, f32x4.lt(a, c(10)))
}

@inline
export function exp4(x: v128): v128 {
  // Below −104 e^x is 0. It is not left to underflow, which takes a processor many times as long:
  // half the logits of a row may be −∞.
  const isZero = f32x4.lt(x, c(19))
  const limited = v128.andnot(f32x4.pmin(x, c(20)), isZero)
  const k = minus(plus(times(limited, c(18)), c(2)), c(2))
  const r = minus(minus(limited, times(k, c(3))), times(k, c(4)))
  let q = plus(times(c(26), r), c(25))
  q = plus(times(q, r), c(24))
  q = plus(times(q, r), c(23))
  q = plus(times(q, r), c(22))
  q = plus(times(q, r), c(21))
  const power = plus(c(0), plus(r, times(times(r, r), q)))
  const whole = i32x4.trunc_sat_f32x4_s(k)
  const half = i32x4.shr_s(whole, 1)
  const e = times(times(power, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)))
  return v128.andnot(e, isZero)
}

/** ln x for 1 <= x < 2^127, which a sum of exponentials less their maximum is; NaN for NaN. */
@inline
export function log4(x: v128): v128 {
  const significand = v128.or(
    v128.and(x, i32x4.splat(0x7fffff)),
    i32x4.splat(0x3f800000),
  )
  const isUpper = f32x4.gt(significand, c(27))
  const k = f32x4.convert_i32x4_s(
    i32x4.sub(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(127)), isUpper),
  )
  const m = v128.bitselect(times(significand, c(13)), significand, isUpper)
  const f = minus(m, c(0))
  const s = f32x4.div(f, plus(c(1), f))
  const z = times(s, s)
  let r = plus(times(c(31), z), c(30))
  r = plus(times(r, z), c(29))
  r = plus(times(r, z), c(28))
  r = times(r, z)
  const half = times(c(13), times(f, f))
  const low = plus(times(s, plus(half, r)), times(k, c(4)))
  const result = plus(times(k, c(3)), minus(f, minus(half, low)))
  return v128.bitselect(result, x, f32x4.eq(x, x))
}

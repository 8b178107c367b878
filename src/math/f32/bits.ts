/** Powers of two, exponents and signs of f32, by its bits. */

// Two views of the same four bytes; at 32 bits each, byte order does not matter.
const float = new Float32Array(1)
const word = new Int32Array(float.buffer)

/** 2^k for an integer k from −126 to 127. */
export const powerOfTwo = (k: number): number => {
  word[0] = (k + 127) << 23
  return float[0] as number
}

/** The e of x = m · 2^e with 1 <= m < 2, for a finite f32 x > 0 that is not subnormal. */
export const exponentOf = (x: number): number => {
  float[0] = x
  return ((word[0] as number) >>> 23) - 127
}

/** The m of x = m · 2^e with 1 <= m < 2, for a finite f32 x > 0 that is not subnormal. */
export const significandOf = (x: number): number => {
  float[0] = x
  word[0] = ((word[0] as number) & 0x7fffff) | 0x3f800000
  return float[0]
}

/** 1, or −1 where the sign bit of x is set: −0 counts as negative. */
export const signOf = (x: number): number => {
  float[0] = x
  word[0] = ((word[0] as number) & 0x80000000) | 0x3f800000
  return float[0]
}

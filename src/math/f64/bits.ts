/** Powers of two and exponents of f64, by its bits. */

const scratch = new DataView(new ArrayBuffer(8))

/** 2^k for an integer k from −1022 to 1023. */
export const powerOfTwo = (k: number): number => {
  scratch.setInt32(0, (k + 1023) << 20)
  scratch.setInt32(4, 0)
  return scratch.getFloat64(0)
}

/** The e of x = ±m · 2^e with 1 <= m < 2, for a finite x that is not subnormal and not 0. */
export const exponentOf = (x: number): number => {
  scratch.setFloat64(0, x)
  return ((scratch.getInt32(0) >>> 20) & 0x7ff) - 1023
}

/** The m of x = m · 2^e with 1 <= m < 2, for a finite x > 0 that is not subnormal. */
export const significandOf = (x: number): number => {
  scratch.setFloat64(0, x)
  scratch.setInt32(0, (scratch.getInt32(0) & 0xfffff) | 0x3ff00000)
  return scratch.getFloat64(0)
}

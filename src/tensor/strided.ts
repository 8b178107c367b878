export type Floats = Float32Array | Float64Array
export type Numbers = Floats | Int32Array | Uint8Array

/** An array that may be read but not written. */
export interface ReadonlyNumbers {
  readonly length: number
  readonly [index: number]: number
}

/** An array in memory: element (i, j, …) is `buffer[offset + i · stride[0] + j · stride[1] + …]`. */
export interface Strided {
  readonly buffer: ReadonlyNumbers
  readonly shape: readonly number[]
  readonly stride: readonly number[]
  readonly offset: number
}

/** The number of elements: the product of the sizes. */
export const countOf = (shape: readonly number[]): number => {
  let count = 1
  for (let i = 0; i < shape.length; i++) count *= shape[i]!
  return count
}

/** Whether the elements are contiguous, with the last dimension varying fastest. */
export const isRowMajor = ({ shape, stride }: Strided): boolean => {
  let step = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && stride[i] !== step) return false
    step *= shape[i]!
  }
  return true
}

import { fc } from '@fast-check/vitest'
import { own, pick, transpose, type DType, type Tensor } from '../../src/tensor/tensor.ts'

const make = {
  f32: (x: readonly number[]) => Float32Array.from(x),
  f64: (x: readonly number[]) => Float64Array.from(x),
  i32: (x: readonly number[]) => Int32Array.from(x),
  u8: (x: readonly number[]) => Uint8Array.from(x),
}

/** A typed array of that element type. */
export const typed = (dtype: DType, x: readonly number[]) => make[dtype](x)

// Mostly numbers of one size, whose sums and products round in the last digit: of numbers drawn
// from all exponents one swallows the others. A few of those as well, for −0 and underflow.
const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.maxSafeNat().map((n) => min + (max - min) * (n / 2 ** 53)) },
    { weight: 1, arbitrary: fc.double({ min, max, noNaN: true }) },
  )

/** One number that the element type holds exactly; floats lie in [−scale, scale]. */
export const element = (dtype: DType, scale = 100): fc.Arbitrary<number> =>
  dtype === 'f64'
    ? between(-scale, scale)
    : dtype === 'f32'
      ? between(-scale, scale).map(Math.fround)
      : dtype === 'i32'
        ? fc.integer({ min: -1_000_000, max: 1_000_000 })
        : fc.integer({ min: 0, max: 255 })

/** Exactly `length` elements. */
export const elements = (dtype: DType, length: number, scale?: number): fc.Arbitrary<number[]> =>
  fc.array(element(dtype, scale), { minLength: length, maxLength: length, size: 'max' })

/** The same in a typed array. */
export const floats = (
  dtype: 'f32' | 'f64',
  length: number,
  scale?: number,
): fc.Arbitrary<Float32Array | Float64Array> =>
  elements(dtype, length, scale).map((x) =>
    dtype === 'f32' ? Float32Array.from(x) : Float64Array.from(x),
  )

export const dtype: fc.Arbitrary<DType> = fc.constantFrom('f32', 'f64', 'i32', 'u8')

/** A size, zero and one often among them. */
export const size = (max = 7): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min: 0, max }), fc.constantFrom(0, 1))

/** A matrix and the plain rows that it holds. */
export interface Matrix {
  readonly t: Tensor<['row', 'column']>
  readonly rows: readonly (readonly number[])[]
}

/** A matrix of these sizes, laid out plainly, transposed in memory, or as a slice of a bigger one. */
export const matrixOf = (type: DType, m: number, n: number): fc.Arbitrary<Matrix> =>
  fc
    .tuple(elements(type, m * n), fc.constantFrom('plain', 'transposed', 'slice'))
    .map(([x, layout]) => {
      const rows = Array.from({ length: m }, (_, i) => x.slice(i * n, (i + 1) * n))
      if (layout === 'plain') return { t: own(['row', 'column'], [m, n], typed(type, x)), rows }
      if (layout === 'slice') {
        const padded = typed(type, [...x.map(() => 7), ...x, ...x.map(() => 9)])
        return { t: pick(own(['slice', 'row', 'column'], [3, m, n], padded), 1), rows }
      }
      const columns = Array.from({ length: n }, (_, j) => rows.map((row) => row[j]!))
      return { t: transpose(own(['column', 'row'], [n, m], typed(type, columns.flat()))), rows }
    })

/** A matrix of any sizes and element type, empty ones included. */
export const matrix = (types: fc.Arbitrary<DType> = dtype): fc.Arbitrary<Matrix> =>
  fc.tuple(types, size(), size()).chain(([type, m, n]) => matrixOf(type, m, n))

import { errorAt } from '../tensor/check.ts'
import { show } from './show.ts'

/** An array of numbers, or any typed array except those of BigInt. */
export type NumberArray =
  | readonly number[]
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array

/** Whether a value is an array or a typed array, whatever its elements; a DataView is neither. */
export const isList = (x: unknown): x is ArrayLike<unknown> =>
  Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView))

/** Whether a value is a typed array of BigInt. */
export const isBigIntArray = (x: unknown): x is BigInt64Array | BigUint64Array =>
  x instanceof BigInt64Array || x instanceof BigUint64Array

/** @throws RangeError when x is not an array of numbers, or is one of BigInt */
export const expectNumberArray = (field: string, x: NumberArray): NumberArray => {
  const given: unknown = x
  if (!isList(given) || isBigIntArray(given))
    throw errorAt(
      { field },
      `${field}: expected an array of numbers, got ${show(given)}${isBigIntArray(given) ? ': convert its elements with Number' : ''}`,
    )
  return x
}

/**
 * Maps f over numbers to a plain array. `x.map(f)` on a typed array would round the results to its
 * type: 0.5 becomes 0 in an Int32Array.
 *
 * @throws RangeError when x is not an array of numbers, or is one of BigInt
 */
export const mapNumberArray = (
  field: string,
  x: NumberArray,
  f: (number: number, index: number) => number,
): readonly number[] => {
  expectNumberArray(field, x)
  const out: number[] = []
  for (let i = 0; i < x.length; i++) out.push(f(x[i]!, i))
  return out
}

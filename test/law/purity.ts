import { expect } from 'vitest'

const isTyped = (
  value: unknown,
): value is Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

/**
 * A value as a string that two values share only when they hold the same bits: typed arrays by
 * their bytes, numbers with −0 and NaN told apart, records and arrays field by field. Functions
 * are opaque: what a closure hides is not seen.
 */
const snapshot = (value: unknown, above: readonly unknown[] = []): string => {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'function') return 'function'
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  if (isTyped(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return `${value.constructor.name}(${bytes.toString('hex')})`
  }
  if (above.includes(value)) return 'ring'
  const path = [...above, value]
  const inside =
    value instanceof Map || value instanceof Set ? { entries: [...value] } : Object.entries(value)
  const fields = Array.isArray(inside) ? inside : Object.entries(inside)
  return `{${fields.map(([name, field]) => `${name}:${snapshot(field, path)}`).join(',')}}`
}

/** Equal deeply, to the bit: −0 is not 0, f32 is not f64, and tensors compare by their buffers. */
export const expectSameBits = (actual: unknown, expected: unknown): void => {
  if (snapshot(actual) !== snapshot(expected)) expect(actual).toStrictEqual(expected)
  expect(snapshot(actual)).toBe(snapshot(expected))
}

/**
 * The law of purity: f(...args) leaves everything that can be reached from its arguments
 * byte-identical (buffers of tensors whole, not only the part a view shows), and gives the same
 * bits when asked again.
 *
 * @returns the first answer
 */
export const expectPure = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...args: A
): R => {
  const before = args.map((arg) => snapshot(arg))
  const first = f(...args)
  const firstBits = snapshot(first)
  const afterOne = args.map((arg) => snapshot(arg))
  const second = f(...args)
  for (let i = 0; i < args.length; i++)
    expect(afterOne[i], `argument ${i} is as it was before the call`).toBe(before[i])
  expect(snapshot(second), 'the second answer is the first').toBe(firstBits)
  return first
}

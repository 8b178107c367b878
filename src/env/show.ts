import { excerpt, printable } from '../tensor/printable.ts'

/** Maximum characters that a message quotes: of a value, and of another message. */
const LONGEST = 200
const LONGEST_MESSAGE = 2000

const cut = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object

/** The type and length of a typed array, read from internal slots that user code cannot override. */
const showView = (view: ArrayBufferView): string => {
  const kept = (property: string | symbol): unknown =>
    Object.getOwnPropertyDescriptor(typedArray, property)?.get?.call(view)
  const name = kept(Symbol.toStringTag)
  return typeof name === 'string' ? `a ${name} of ${String(kept('length'))}` : 'a DataView'
}

const shown = (value: unknown): string => {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'string') return JSON.stringify(cut(value))
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  if (ArrayBuffer.isView(value)) return showView(value)
  if (Array.isArray(value)) {
    const { length }: { readonly length: unknown } = value
    return typeof length === 'number' ? `an array of ${length}` : 'an array'
  }
  return value instanceof Promise ? 'a Promise' : 'an object'
}

/**
 * A value in a few words, for errors: `-0`, `"up"`, `an array of 3`, `a Float32Array of 3`, `an
 * object`. Never throws, and never calls a method of the value.
 */
export const show = (value: unknown): string => {
  try {
    return printable(shown(value))
  } catch {
    return 'an object that cannot be read'
  }
}

/** Describes a thrown value of any type: `TypeError: x is undefined`. Never throws. */
export const showThrown = (error: unknown): string => {
  try {
    if (!(error instanceof Error)) return show(error)
    const { name, message }: { readonly name: unknown; readonly message: unknown } = error
    return typeof name === 'string' && typeof message === 'string'
      ? `${excerpt(name)}: ${excerpt(message, LONGEST_MESSAGE)}`
      : 'an Error that cannot be read'
  } catch {
    return 'an object that cannot be read'
  }
}

import { show } from '../show.ts'

const CHUNK = 8

const typedLines = (place: string, name: string, numbers: ArrayLike<unknown>): string[] => {
  const lines = [`${place}: ${name} of ${numbers.length}`]
  for (let from = 0; from < numbers.length; from += CHUNK) {
    const chunk = Array.prototype.slice.call(numbers, from, from + CHUNK)
    lines.push(`${place}[${from}...]: ${chunk.map(show).join(' ')}`)
  }
  return lines
}

const entriesOf = (value: object): Array<[string, unknown]> => {
  if (Array.isArray(value)) return Array.from(value, (x, i) => [`[${i}]`, x])
  if (value instanceof Map || value instanceof Set)
    return Array.from(value, (x, i) => [` entry ${i}`, x])
  return Object.entries(value).map(([name, x]) => [`.${name}`, x])
}

const classOf = (value: object): string => {
  const { constructor } = Object.getPrototypeOf(value) as object
  return constructor.name
}

/** The numbers of an array that is typed, or bytes of what has none of its own; null otherwise. */
const numbersOf = (value: object): ArrayLike<unknown> | null => {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (value instanceof DataView)
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return ArrayBuffer.isView(value) ? (value as unknown as ArrayLike<unknown>) : null
}

/** What an object is besides its entries: its class, its time if it is a date, that it is empty. */
const headOf = (value: object, entries: number): string | null => {
  if (value instanceof Date) return `Date ${value.getTime()}`
  const prototype: unknown = Object.getPrototypeOf(value)
  const name =
    prototype === Object.prototype || prototype === null
      ? 'object'
      : Array.isArray(value)
        ? 'array'
        : classOf(value)
  if (entries === 0) return `an empty ${name}`
  return name === 'object' || name === 'array' ? null : name
}

const written = (value: unknown, place: string, above: readonly unknown[]): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [`${place}: ${show(value)}`]
  if (above.includes(value)) return [`${place}: what it is part of`]
  const numbers = numbersOf(value)
  if (numbers !== null) return typedLines(place, classOf(value), numbers)
  const path = [...above, value]
  const entries = entriesOf(value)
  const head = headOf(value, entries.length)
  const inside = entries.flatMap(([name, entry]) => written(entry, `${place}${name}`, path))
  return head === null ? inside : [`${place}: ${head}`, ...inside]
}

/**
 * A value as lines, one a number: `state.wheels[1]: -0`. Two values have the same lines only when
 * they hold the same bits, −0 and NaN included. What a function closes over is not seen.
 */
export const linesOf = (value: unknown, place: string): readonly string[] =>
  written(value, place, [])

/** The first place where two lists of lines differ, or null: `state.x: 1, then state.x: 2`. */
export const difference = (first: readonly string[], then: readonly string[]): string | null => {
  for (let i = 0; i < Math.max(first.length, then.length); i++)
    if (first[i] !== then[i]) return `${first[i] ?? 'nothing'}, then ${then[i] ?? 'nothing'}`
  return null
}

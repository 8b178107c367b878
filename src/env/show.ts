/** A value in a few words, for errors: `-0`, `"up"`, `an array of 3`, `a Float32Array of 3`, `an object`. */
export const show = (value: unknown): string => {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Promise) return 'a Promise'
  if (ArrayBuffer.isView(value)) {
    const name = Object.prototype.toString.call(value).slice(8, -1)
    return value instanceof DataView ? `a ${name}` : `a ${name} of ${(value as Uint8Array).length}`
  }
  return 'an object'
}

/** What was thrown, of whatever type: `TypeError: x is undefined`. */
export const showThrown = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : show(error)

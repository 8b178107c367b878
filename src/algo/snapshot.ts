import { LONGEST_LIST } from '../tensor/shown.ts'

/** Deeper than any config: what lies below is taken as it is. */
const DEPTH = 4

/** Whether it is an object of fields, and no list, map, date or the like. */
export const isRecord = (u: unknown): u is { readonly [key: string]: unknown } =>
  Object.prototype.toString.call(u) === '[object Object]'

const readAt = (u: object, key: PropertyKey): unknown => {
  try {
    return Reflect.get(u, key)
  } catch {
    return undefined
  }
}

const copied = (u: object, depth: number): unknown => {
  if (Array.isArray(u))
    return u.length > LONGEST_LIST
      ? u
      : Array.from({ length: u.length }, (_, i) => snapshot(readAt(u, i), depth))
  if (!isRecord(u)) return u
  return Object.fromEntries(
    Object.keys(u).map((key) => [key, snapshot(readAt(u, key), depth)] as const),
  )
}

/**
 * Lists and objects as they are now, as plain ones: every field is read once, so that what is
 * checked is what is kept. What throws when it is read is nothing, as is a hole in a list.
 */
export const snapshot = (u: unknown, depth = DEPTH): unknown => {
  if (typeof u !== 'object' || u === null || depth === 0) return u
  try {
    return copied(u, depth - 1)
  } catch {
    return undefined
  }
}

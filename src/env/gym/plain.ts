const isRecord = (x: unknown): x is { readonly [name: string]: unknown } =>
  typeof x === 'object' && x !== null

/** A copy of numbers, lists and records of them: whoever gets it may write to it. */
export const copied = (x: unknown): unknown => {
  if (!isRecord(x)) return x
  if (Array.isArray(x)) return x.map(copied)
  return Object.fromEntries(Object.entries(x).map(([name, value]) => [name, copied(value)]))
}

/** Whether two of them say the same; NaN is NaN, and −0 is not 0. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isRecord(a) || !isRecord(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => isSame(a[name], b[name]))
}

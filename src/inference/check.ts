/** What came, in a few printable ASCII characters, whatever it is. */
export const brief = (got: unknown): string => {
  if (Array.isArray(got) || ArrayBuffer.isView(got))
    return `an array of ${(got as unknown as ArrayLike<unknown>).length}`
  if (typeof got === 'object' && got !== null) return 'an object'
  return String(got)
    .slice(0, 60)
    .replace(/[^ -~]/g, '?')
}

/**
 * Throws `path: expected …, got …` unless it is so. Small programs contain this file, so its readers
 * share one wording.
 */
export const check: (ok: boolean, path: string, expected: string, got: unknown) => asserts ok = (
  ok,
  path,
  expected,
  got,
) => {
  if (!ok) throw new RangeError(`${brief(path)}: expected ${expected}, got ${brief(got)}`)
}

import { closest, distance } from 'fastest-levenshtein'

/** The name most like what came, or null where none is like it. */
export const near = (got: string, names: readonly string[]): string | null => {
  if (names.length === 0) return null
  const name = closest(got, names)
  return distance(got, name) <= 1 + got.length / 3 ? name : null
}

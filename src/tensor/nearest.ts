import { closest, distance } from 'fastest-levenshtein'

/** What is longer than any name is not a typing mistake. */
const LONGEST = 64

/** The name most like what came, or null where none is like it. */
export const near = (got: string, names: readonly string[]): string | null => {
  if (names.length === 0 || got.length > LONGEST) return null
  const name = closest(got, names)
  return distance(got, name) <= 1 + got.length / 3 ? name : null
}

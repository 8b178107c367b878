/** What is longer than any name is not a typing mistake. */
const LONGEST = 64

/** Letters to insert, remove or replace to make b from a: Wagner and Fischer 1974, a row at a time. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

/** The name most like what came, the first of several; null where none is like it. */
export const near = (got: string, names: readonly string[]): string | null => {
  if (got.length > LONGEST) return null
  let found: string | null = null
  let least = Math.floor(1 + got.length / 3) + 1
  for (const name of names) {
    const away = distance(got, name)
    if (away < least) [found, least] = [name, away]
  }
  return found
}

/** Medians, and tables of plain text. */

export const median = (xs: readonly number[]): number => {
  const sorted = xs.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2
}

/** 12,345.6 */
export const shown = (x: number, digits: number): string =>
  x.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Two cells: the median, and (min … max). */
export const spread = (xs: readonly number[], digits: number): readonly string[] => [
  shown(median(xs), digits),
  `(${shown(Math.min(...xs), digits)} … ${shown(Math.max(...xs), digits)})`,
]

/** A cell, or several side by side. */
export type Cells = string | readonly string[]

/** Lines of columns, the first to the left and all others to the right; a lone cell is a title. */
export const table = (lines: ReadonlyArray<readonly Cells[]>): string => {
  const rows = lines.map((line) => line.flat())
  const columns = rows.filter((row) => row.length > 1)
  const width = (c: number): number => Math.max(...columns.map((row) => row[c]?.length ?? 0))
  const text = (row: readonly string[]): string =>
    row.length === 1
      ? row[0]!
      : row.map((cell, c) => (c === 0 ? cell.padEnd(width(c)) : cell.padStart(width(c)))).join('  ')
  return rows.map((row) => text(row).trimEnd()).join('\n')
}

export type Cell = string | number

/** RFC 4180: quoted where it would end a cell or a line, quotes doubled. NaN is an empty cell. */
const cell = (x: Cell): string => {
  if (typeof x === 'number') return Number.isNaN(x) ? '' : String(x)
  return /[",\r\n]/.test(x) ? `"${x.replaceAll('"', '""')}"` : x
}

/**
 * A table as CSV of RFC 4180: a header, a line each row, lines end with CR LF. Numbers have as many
 * digits as give the same f64 back; what is NaN is an empty cell, which spreadsheets leave out and
 * pandas reads as NaN.
 */
export const csv = (header: readonly string[], rows: Iterable<readonly Cell[]>): string =>
  [...csvLines(header, rows)].join('')

/** The lines of a table, one at a time. */
export function* csvLines(
  header: readonly Cell[],
  rows: Iterable<readonly Cell[]>,
): Generator<string, void, undefined> {
  yield line(header)
  for (const row of rows) yield line(row)
}

const line = (row: readonly Cell[]): string => `${row.map(cell).join(',')}\r\n`

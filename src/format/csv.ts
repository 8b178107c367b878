export type Cell = string | number

/** RFC 4180: quoted where it would end a cell or a line, quotes doubled. NaN is an empty cell. */
const cell = (x: Cell): string => {
  if (typeof x === 'number') return Number.isNaN(x) ? '' : String(x)
  return /[",\r\n]/.test(x) ? `"${x.replaceAll('"', '""')}"` : x
}

/**
 * Yields the lines of a table as CSV of RFC 4180: a header and a line for each row, which end with CR
 * LF. Numbers have as many digits as give the same f64 back; NaN is an empty cell, which spreadsheets
 * leave out and pandas reads as NaN.
 */
export function* csvLines(
  header: readonly Cell[],
  rows: Iterable<readonly Cell[]>,
): Generator<string, void, undefined> {
  yield line(header)
  for (const row of rows) yield line(row)
}

const line = (row: readonly Cell[]): string => `${row.map(cell).join(',')}\r\n`

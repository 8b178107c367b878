/** GFLOP/s over the rounds: 2n³ operations by the time of a product of n × n matrices. */
export interface Speed {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Row {
  readonly name: string
  /** one for each size; null where it would take too long, or after a problem */
  readonly speeds: ReadonlyArray<Speed | null>
  /** what ended the measurement of this row, or null */
  readonly problem: string | null
}

export interface Table {
  /** rising */
  readonly sizes: readonly number[]
  readonly rows: readonly Row[]
}

/** The speed by the milliseconds that a product took in each round, of which there is one at least. */
export const speedOf = (times: readonly number[], n: number): Speed => {
  const rates = times.map((ms) => (2 * n * n * n) / (ms * 1e6)).toSorted((a, b) => a - b)
  const middle = rates.length >> 1
  const median = rates.length % 2 === 1 ? rates[middle]! : (rates[middle - 1]! + rates[middle]!) / 2
  return { median, min: rates[0]!, max: rates.at(-1)! }
}

/**
 * The smallest size from which on a row is faster than another one by their medians, at all larger
 * sizes, too; null where there is none. Who would have taken too long at a size is the slower one
 * there, and a size that neither was measured at says nothing.
 */
export const winsFrom = (
  { sizes, rows }: Table,
  name: string,
  other: string = 'wasm',
): number | null => {
  const speedsOf = (name: string) => rows.find((row) => row.name === name)?.speeds ?? []
  const [its, others] = [speedsOf(name), speedsOf(other)]
  let from: number | null = null
  sizes.forEach((n, i) => {
    const [x, y] = [its[i]?.median ?? 0, others[i]?.median ?? 0]
    if (x > y) from ??= n
    else if (y > 0) from = null
  })
  return from
}

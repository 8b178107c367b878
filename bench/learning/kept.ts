/** Runs that have ended, a JSON line each, so that a measurement that was stopped goes on. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SeedRun } from './run.ts'

// JSON has no NaN, and writes null. Runs kept without a selection have no `best`.
type Stored = Omit<SeedRun, 'training' | 'best'> & {
  readonly training: number | null
  readonly best?: SeedRun['best']
}

interface Line {
  readonly row: string
  readonly run: Stored
}

const isLine = (u: unknown): u is Line =>
  typeof u === 'object' && u !== null && 'row' in u && 'run' in u

const parsed = (text: string): ReadonlyArray<{ row: string; run: SeedRun }> => {
  try {
    const u: unknown = JSON.parse(text)
    if (!isLine(u)) return []
    const run = { ...u.run, training: u.run.training ?? NaN, best: u.run.best ?? null }
    return [{ row: u.row, run }]
  } catch {
    // A kill may leave half a line at the end.
    return []
  }
}

/** The runs of a row that a file holds, by their seeds. */
export const keptRuns = (file: string, row: string): ReadonlyMap<number, SeedRun> =>
  new Map(
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .flatMap(parsed)
          .filter((line) => line.row === row)
          .map(({ run }) => [run.seed, run])
      : [],
  )

/** Adds a run to the file. */
export const keep = (file: string, row: string, run: SeedRun): void => {
  mkdirSync(dirname(file), { recursive: true })
  // Begins with a line break, which ends half a line that a kill left.
  appendFileSync(file, `\n${JSON.stringify({ row, run } satisfies Line)}`)
}

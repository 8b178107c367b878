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
  readonly run: unknown
}

const parsed = (text: string): readonly Line[] => {
  try {
    const u: unknown = JSON.parse(text)
    return typeof u === 'object' && u !== null && 'row' in u && 'run' in u ? [u as Line] : []
  } catch {
    // A kill may leave half a line at the end.
    return []
  }
}

/** What a file holds under the name of a row, in order. */
export const keptOf = (file: string, row: string): readonly unknown[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .flatMap(parsed)
        .filter((line) => line.row === row)
        .map(({ run }) => run)
    : []

/** The runs of a row that a file holds, by their seeds. */
export const keptRuns = (file: string, row: string): ReadonlyMap<number, SeedRun> =>
  new Map(
    (keptOf(file, row) as readonly Stored[]).map((run) => [
      run.seed,
      { ...run, training: run.training ?? NaN, best: run.best ?? null },
    ]),
  )

/** Adds a run to the file. */
export const keep = (file: string, row: string, run: unknown): void => {
  mkdirSync(dirname(file), { recursive: true })
  // Begins with a line break, which ends half a line that a kill left.
  appendFileSync(file, `\n${JSON.stringify({ row, run } satisfies Line)}`)
}

/** The results of a sweep as tables. */
import type { Interval } from '../rl/bootstrap.ts'
import { csvLines } from '../format/csv.ts'
import { printable } from '../tensor/printable.ts'
import type { Outcome } from './result.ts'
import type { CellSummary, Improvement, SweepSummary } from './summary.ts'

/** Rows of cells; the first row names the columns. */
export type Table = ReadonlyArray<readonly string[]>

/** A score to five digits, with the minus of print; – where there is none. */
export const figure = (x: number): string => {
  if (Number.isNaN(x)) return '–'
  const text = Number.isFinite(x) ? String(Number(x.toPrecision(5))) : '∞'
  return x < 0 ? `−${text.replace('-', '')}` : text
}

export const intervalOf = ([low, high]: Interval): string => `${figure(low)} … ${figure(high)}`

const probability = (p: number): string => p.toFixed(2)

/** How many runs have ended, and how many of them by a fault. */
const counted = ({ runs, failed }: CellSummary): string =>
  failed === 0 ? String(runs.length) : `${runs.length} (${failed} failed)`

/** A row for each cell. */
export const cellTable = ({ cells }: SweepSummary): Table => [
  ['environment', 'variant', 'runs', 'IQM', '95 %', 'mean', 'worst', 'its seed'],
  ...cells.map((summary) => {
    const { cell, iqm, interval, mean, worst } = summary
    return [
      cell.env.name,
      cell.variant,
      counted(summary),
      figure(iqm),
      intervalOf(interval),
      figure(mean),
      figure(worst?.score ?? NaN),
      worst === null ? '–' : String(worst.seed),
    ]
  }),
]

/** A row for each variant but the first, against which it is compared. */
export const improvementTable = (improvements: readonly Improvement[]): Table => [
  ['X', 'Y', 'environments', 'P(X > Y)', '95 %'],
  ...improvements.map(({ variant, over, environments, probability: p, interval }) => [
    variant,
    over,
    String(environments),
    probability(p),
    interval.map(probability).join(' … '),
  ]),
]

/** A row for each run that a fault ended. */
export const faultTable = ({ cells }: SweepSummary): Table => [
  ['environment', 'variant', 'seed', 'fault'],
  ...cells.flatMap(({ cell, runs }) =>
    runs.flatMap(({ job, fault }) =>
      fault === null ? [] : [[cell.env.name, cell.variant, String(job.seed), fault]],
    ),
  ),
]

const RUN_COLUMNS = [
  'environment',
  'variant',
  'algorithm',
  'preset',
  'seed',
  'steps',
  'return',
  'std',
  'min',
  'max',
  'training',
  'hash',
  'fault',
]

const outcomeCells = (outcome: Outcome | null): readonly (string | number)[] => {
  if (outcome === null) return ['', '', '', '', '', '', '']
  const { steps, score, std, min, max, training, hash } = outcome
  return [steps, score, std, min, max, training ?? NaN, hash]
}

/** A row for each run, with all digits. */
export const runsCsv = ({ cells }: SweepSummary): string =>
  [
    ...csvLines(
      RUN_COLUMNS,
      cells.flatMap(({ cell: { env, variant, algorithm, preset }, runs }) =>
        runs.map(({ job, outcome, fault }) => [
          printable(env.name),
          printable(variant),
          algorithm,
          printable(preset),
          job.seed,
          ...outcomeCells(outcome),
          printable(fault ?? ''),
        ]),
      ),
    ),
  ].join('')

/** A table in Markdown. */
export const markdown = (table: Table): string => {
  const [head = [], ...rows] = table.map((row) =>
    row.map((text) => printable(text).replaceAll('|', '\\|')),
  )
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** How the tables are to be read. */
export const legend = ({ sweep: { episodes, seeds, version }, cells }: SweepSummary): string =>
  [
    `A run's return is the mean of ${episodes} ${episodes === 1 ? 'episode' : 'episodes'} of the most probable actions after training, with proximal ${version}.`,
    `Each cell has ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, derived from the SHA-256 of the reported setup.`,
    'IQM: interquartile mean over seeds, with a 95 % percentile bootstrap interval (10,000 resamples).',
    ...(cells.some(({ failed }) => failed > 0)
      ? ['A run that ended with a fault counts as worse than any other (−∞).']
      : []),
    'P(X > Y): probability that a run of X has a higher return than a run of Y, averaged over environments, with a stratified bootstrap interval (2,000 resamples); ties count as half.',
  ].join('\n')

/** The tables of a sweep in Markdown. */
export const sweepMarkdown = (summary: SweepSummary): string => {
  const { improvements } = summary
  const faults = faultTable(summary)
  return `${[
    markdown(cellTable(summary)),
    ...(improvements.length === 0 ? [] : [markdown(improvementTable(improvements))]),
    ...(faults.length === 1 ? [] : [markdown(faults)]),
    legend(summary),
  ].join('\n\n')}\n`
}

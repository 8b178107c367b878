/** What a sweep runs: environments × ways to train × seeds. */
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import { hashOf, PROTOCOL, reportedSeeds, rowHash } from './protocol.ts'

/** An environment as a sweep records it. */
export interface SweptEnvironment {
  readonly name: string
  /** only of an environment out of a module: the SHA-256 of that file */
  readonly module?: { readonly sha256: string }
}

/** A way to train in an environment. The settings follow from the other fields. */
export interface Cell {
  readonly env: SweptEnvironment
  /** names the way to train; equal in every environment that it is compared in */
  readonly variant: string
  readonly algorithm: AlgorithmName
  /** the name of the preset that `settings` began as */
  readonly preset: string
  readonly settings: Settings
}

/** All that a sweep's results follow from. */
export interface Sweep {
  readonly format: 'proximal sweep 1'
  /** the library that makes the runs */
  readonly version: string
  /** seeds of each cell */
  readonly seeds: number
  /** episodes of the evaluation of each run */
  readonly episodes: number
  /** environments outermost, in the order in which they are reported */
  readonly cells: readonly Cell[]
}

/** A run to make. */
export interface Job {
  /** SHA-256 of the canonical JSON of all that the run's result follows from */
  readonly key: string
  readonly env: SweptEnvironment
  readonly algorithm: AlgorithmName
  readonly settings: Settings
  readonly seed: number
  readonly episodes: number
}

/** The hash of everything that a run's result follows from, and of the preset's name. */
export const jobOf = (
  { env, algorithm, preset, settings }: Omit<Cell, 'variant'>,
  seed: number,
  { version, episodes }: Pick<Sweep, 'version' | 'episodes'>,
): Job => {
  const run = { env, algorithm, settings, seed, episodes }
  return { key: hashOf({ protocol: PROTOCOL, version, preset, ...run }), ...run }
}

/** The runs of a cell. Its seeds follow from the hash of what it reports. */
export const jobsOfCell = (cell: Cell, sweep: Omit<Sweep, 'cells'>): readonly Job[] => {
  const { env, algorithm, settings } = cell
  const { episodes } = sweep
  const reported = { env: env.name, algorithm, settings, episodes }
  const hash = rowHash(env.module === undefined ? reported : { ...reported, module: env.module })
  return reportedSeeds(hash, sweep.seeds).map((seed) => jobOf(cell, seed, sweep))
}

/** All runs of a sweep. */
export const jobsOf = (sweep: Sweep): readonly Job[] =>
  sweep.cells.flatMap((cell) => jobsOfCell(cell, sweep))

/** What a sweep or a search begins with: the hash that names its default folder. */
export const shortHash = (value: unknown): string => hashOf(value).slice(0, 8)

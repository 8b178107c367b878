import type { AlgorithmName, SettingsOf } from '../algo/algorithm.ts'
import type { BackendName } from '../kernel/backends.ts'
import type { RunConfig } from './config.ts'
import { version } from './version.ts'

/** Everything that determines a new run. */
export interface NewRun<N extends AlgorithmName> {
  readonly algorithm: N
  /** the name of its environment, built-in or custom: 1 to 100 printable characters */
  readonly env: string
  /** a whole number ≥ 0 */
  readonly seed: number
  /** the whole config of the algorithm, as `ppo.config` makes it */
  readonly settings: SettingsOf[N]
  /** the preset that the settings started from (`custom`) */
  readonly preset?: string
  /** the backend (`wasm`); all give the same bits */
  readonly kernels?: BackendName
}

/**
 * The config of a new run, as `start` of a worker that trains, `io.certify` and `io.verify` take it.
 *
 *     const settings = ppo.config({ preset: 'cartpole', totalSteps: 50_000 })
 *     const config = io.newRun({ algorithm: 'ppo', env: 'cartpole', seed: 1, settings })
 *
 * @returns a run without earlier segments, of this version of the library
 */
export const newRun = <N extends AlgorithmName>({
  preset = 'custom',
  kernels = 'wasm',
  ...given
}: NewRun<N>): RunConfig<N> => ({
  format: 'proximal run 2',
  version,
  preset,
  kernels,
  ...given,
  past: [],
})

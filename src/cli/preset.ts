import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import { presetsOf } from '../builtin/presets.ts'
import * as file from '../run/disk/file.ts'
import { decodePreset } from '../run/presetFile.ts'
import { known, parseAlgorithm } from './algorithm.ts'
import { isModule } from './environmentModule.ts'
import { fromFile, type Problem } from './problem.ts'

/** What a run begins with. */
export interface Preset {
  /** the name of a preset, or of its file without the folder, which ends in `.json` */
  readonly name: string
  readonly algorithm: AlgorithmName
  readonly settings: Settings
}

/** The largest preset file: 1 MiB. */
const MOST = 1_048_576

/** Whether an argument names a preset file rather than a preset: `./tuned.json`, `tuned.json`. */
export const isPresetFile = (argument: string): boolean =>
  /^[./\\]|^[A-Za-z]:[/\\]|\.json$/.test(argument)

/** The default preset: the environment's own, or the first that an algorithm has. */
export const defaultPreset = (algorithm: AlgorithmName, env: string): string => {
  const presets = presetsOf[algorithm]
  return Object.hasOwn(presets, env) && !isModule(env) ? env : Object.keys(presets)[0]!
}

/** Whether settings are suggested: for PPO in an environment from a module, unless a preset is named. */
export const isSuggested = (
  preset: string | undefined,
  algorithm: AlgorithmName,
  argument: string,
): boolean => preset === undefined && algorithm === 'ppo' && isModule(argument)

const fromPresetFile = (path: string, algo: string | undefined): E.Either<Problem, Preset> =>
  pipe(
    fromFile(file.readGiven(path, MOST)),
    E.flatMap((bytes) =>
      pipe(
        decodePreset(bytes),
        E.mapLeft((problem): Problem => `${path}: ${problem}`),
      ),
    ),
    E.filterOrElse(
      ({ algorithm }) => algo === undefined || algo === algorithm,
      ({ algorithm }): Problem =>
        `--algo: expected ${algorithm}, which ${path} is for, got ${JSON.stringify(algo)}: leave it out`,
    ),
    E.map((preset) => {
      const name = path.split(/[/\\]/).at(-1)!
      return { ...preset, name: name.endsWith('.json') ? name : `${name}.json` }
    }),
  )

/**
 * The preset that `--preset` names: of the algorithm of `--algo`, or in a file.
 *
 * @param env name or module of the environment, whose own preset is the default
 */
export const findPreset = (
  { preset, algo }: { readonly preset?: string | undefined; readonly algo?: string | undefined },
  env: string,
): E.Either<Problem, Preset> => {
  if (preset !== undefined && isPresetFile(preset)) return fromPresetFile(preset, algo)
  return pipe(
    parseAlgorithm(algo),
    E.bindTo('algorithm'),
    E.bind('name', ({ algorithm }) =>
      known('--preset', Object.keys(presetsOf[algorithm]))(preset ?? defaultPreset(algorithm, env)),
    ),
    E.map(({ algorithm, name }) => ({ algorithm, name, settings: presetsOf[algorithm][name]! })),
  )
}

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { attempt } from '../algo/fault.ts'
import { suggest, SUGGESTED } from '../algo/ppo/suggest/suggest.ts'
import type { Environment } from '../env/environment.ts'
import type { RunConfig } from '../run/config.ts'
import type { NewRunArguments } from './arguments.ts'
import { findPreset, isSuggested, type Preset } from './preset.ts'
import type { Problem } from './problem.ts'

/** The settings of a new run. */
interface Chosen extends Pick<RunConfig, 'preset' | 'settings'> {
  /** why they were suggested; none for a preset */
  readonly reasons: readonly string[]
}

const suggestFor = (env: Environment<unknown>) =>
  pipe(
    attempt((probed: Environment<unknown>) => suggest(probed))(env),
    E.mapLeft(({ message }): Problem => message),
  )

/**
 * What runs in an environment begin with, as `train` does: the preset that is named, the environment's
 * own, or for PPO in an environment from a module the settings that are suggested for it.
 *
 * @param argument the environment as the user named it
 */
export const startFor = (
  given: Parameters<typeof findPreset>[0],
  argument: string,
  env: Environment<unknown>,
): E.Either<Problem, Preset> =>
  pipe(
    findPreset(given, argument),
    E.flatMap((preset) =>
      isSuggested(given.preset, preset.algorithm, argument)
        ? pipe(
            suggestFor(env),
            E.map(({ config }) => ({ ...preset, name: SUGGESTED, settings: config })),
          )
        : E.right(preset),
    ),
  )

/**
 * The preset's settings or, without one, those that a probe of the environment suggests; the user's own are
 * over either. The probe does not depend on the seed of the run, so that all seeds train with the same settings.
 */
export const chosenSettings = (
  { preset, withGiven }: Pick<NewRunArguments, 'preset' | 'withGiven'>,
  env: Environment<unknown>,
): E.Either<Problem, Chosen> => {
  if (preset !== null) return E.right({ ...preset, reasons: [] })
  return pipe(
    suggestFor(env),
    E.flatMap(({ config, reasons }) =>
      pipe(
        withGiven(config),
        E.map((settings): Chosen => ({ preset: SUGGESTED, settings, reasons })),
      ),
    ),
  )
}

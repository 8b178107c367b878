import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { attempt } from '../algo/fault.ts'
import { suggest, SUGGESTED } from '../algo/ppo/suggest/suggest.ts'
import type { Environment } from '../env/environment.ts'
import type { RunConfig } from '../run/config.ts'
import type { NewRunArguments } from './arguments.ts'
import type { Problem } from './problem.ts'

/** The settings of a new run. */
interface Chosen extends Pick<RunConfig, 'preset' | 'settings'> {
  /** why they were suggested; none for a preset */
  readonly reasons: readonly string[]
}

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
    attempt((probed: Environment<unknown>) => suggest(probed))(env),
    E.mapLeft(({ message }): Problem => message),
    E.flatMap(({ config, reasons }) =>
      pipe(
        withGiven(config),
        E.map((settings): Chosen => ({ preset: SUGGESTED, settings, reasons })),
      ),
    ),
  )
}

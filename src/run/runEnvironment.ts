import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../tensor/shown.ts'
import type { Environment } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import { builtInOf, isBuiltInName } from '../builtin/index.ts'
import type { RunConfig } from './config.ts'

/** The environment is missing, or is not the one that a run was made in. */
export interface WrongEnvironment {
  readonly kind: 'environment'
  /** the name in the config of the run */
  readonly expected: string
  /** the name of the supplied environment, or null */
  readonly got: string | null
}

/**
 * The environment that a run names: the supplied one, or a built-in one. A config holds a name and
 * nothing to import, so the caller supplies the code.
 *
 * @returns Left unless the supplied environment has the run's name, or, without one, the name is that
 * of a built-in environment
 */
export const environmentOf = <S, A extends Space = Space>(
  { env: expected, module }: Pick<RunConfig, 'env' | 'module'>,
  given?: Environment<S, A>,
): E.Either<WrongEnvironment, Environment<S, A>> => {
  const wrong = (got: string | null) => E.left({ kind: 'environment', expected, got } as const)
  if (given !== undefined) return given.name === expected ? E.right(given) : wrong(given.name)
  return module === undefined && isBuiltInName(expected)
    ? E.right(builtInOf(expected).env as Environment<S, A>)
    : wrong(null)
}

/** One line that says which environment was expected, and what to do. */
export const describeWrongEnvironment = ({ expected, got }: WrongEnvironment): string =>
  got === null
    ? `env: expected the environment ${shown(expected)} of this run, which is not built in, got none: pass it`
    : `env: expected the environment ${shown(expected)} of this run, got ${shown(got)}`

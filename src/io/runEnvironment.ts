import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../algo/shown.ts'
import type { Environment } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import { isWorldName, worldOf } from '../env/worlds.ts'
import type { RunConfig } from './run.ts'

/** Why an environment is not the one that a run was made in. */
export interface WrongEnvironment {
  readonly kind: 'environment'
  /** the name in the config of the run */
  readonly expected: string
  /** the name of the environment that was supplied; null where there was none */
  readonly got: string | null
}

/**
 * The environment that a run names: the one that the caller supplies, or one that comes with the
 * library. A config holds a name and nothing to import, so whoever reads it brings the code.
 *
 * @returns Left unless the supplied environment has that name, or, where none is supplied, one of
 * that name comes with the library
 */
export const environmentOf = <S, A extends Space = Space>(
  { env: expected, module }: Pick<RunConfig, 'env' | 'module'>,
  given?: Environment<S, A>,
): E.Either<WrongEnvironment, Environment<S, A>> => {
  const wrong = (got: string | null) => E.left({ kind: 'environment', expected, got } as const)
  if (given !== undefined) return given.name === expected ? E.right(given) : wrong(given.name)
  return module === undefined && isWorldName(expected)
    ? E.right(worldOf(expected) as Environment<S, A>)
    : wrong(null)
}

export const describeWrongEnvironment = ({ expected, got }: WrongEnvironment): string =>
  got === null
    ? `env: expected the environment ${shown(expected)} of this run, which does not come with the library, got none: supply it`
    : `env: expected the environment ${shown(expected)} of this run, got ${shown(got)}`

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { shown } from '../tensor/shown.ts'
import { near } from '../tensor/nearest.ts'
import { builtIns, isBuiltInName, type BuiltInName } from '../builtin/index.ts'
import type { RunConfig } from '../run/config.ts'
import type { Console } from './console.ts'
import { isModule } from './environmentModule.ts'
import { ownEnvironment } from './ownEnvironment.ts'
import { notOneOf, type Problem } from './problem.ts'
import { builtIn, type RunEnvironment } from './runEnvironment.ts'

/** Options of commands that read a run: the module of its environment, unless that is built in. */
export const environmentOptions = {
  env: { type: 'string' },
  'allow-changed-env': { type: 'boolean' },
} as const

export interface EnvironmentValues {
  readonly env?: string | undefined
  readonly 'allow-changed-env'?: boolean | undefined
}

/** What a run or an action log records about its environment. */
export type Recorded = Pick<RunConfig, 'env' | 'module'>

const builtInName = ({ env, module }: Recorded): BuiltInName | null =>
  module === undefined && isBuiltInName(env) ? env : null

/** The environment that an argument of `train` names: a built-in one, or one from a module. */
export const environmentFor = (argument: string): TE.TaskEither<Problem, RunEnvironment> => {
  if (isModule(argument)) return ownEnvironment(argument)
  return isBuiltInName(argument)
    ? TE.right(builtIn(argument))
    : TE.left(notOneOf('env', argument, Object.keys(builtIns)))
}

const missing = ({ env, module }: Recorded): Problem => {
  const like = module === undefined ? near(env, Object.keys(builtIns)) : null
  return like === null
    ? `env: ${shown(env)} is not built into proximal: name its module, as in --env ./my-game.js`
    : `env: expected one of ${Object.keys(builtIns).join(', ')}, got ${shown(env)}: did you mean ${like}? For a custom environment, name its module with --env`
}

/** Left unless the environment is the recorded one. `isAllowed` accepts a module that has changed. */
const expectSame =
  ({ env: name, module }: Recorded, argument: string, isAllowed: boolean, warn: Console['warn']) =>
  (environment: RunEnvironment): E.Either<Problem, RunEnvironment> => {
    const { env, module: own } = environment
    if (env.name !== name)
      return E.left(`--env: expected the environment ${shown(name)}, got ${shown(env.name)}`)
    if (module === undefined || own === null || own.sha256 === module.sha256)
      return E.right(environment)
    const problem = `${argument}: has changed since the run (SHA-256 ${module.sha256.slice(0, 12)}… then, ${own.sha256.slice(0, 12)}… now)`
    if (!isAllowed)
      return E.left(`${problem}: restore the file, or accept the change with --allow-changed-env`)
    warn(`proximal: ${problem}: continuing because of --allow-changed-env`)
    return E.right(environment)
  }

/**
 * The environment of a run. A module is imported only if the user names it in this command, never because a
 * file says so.
 */
export const environmentOf = (
  recorded: Recorded,
  { env: argument, 'allow-changed-env': isAllowed = false }: EnvironmentValues,
  { warn }: Pick<Console, 'warn'>,
): TE.TaskEither<Problem, RunEnvironment> => {
  const name = builtInName(recorded)
  if (argument === undefined)
    return name === null ? TE.left(missing(recorded)) : TE.right(builtIn(name))
  if (name !== null)
    return TE.left(
      `--env: expected none for ${name} because it is built in, got ${shown(argument)}: leave it out`,
    )
  if (!isModule(argument))
    return TE.left(
      `--env: expected the path of a module, such as ./my-game.js, got ${shown(argument)}`,
    )
  return pipe(
    ownEnvironment(argument),
    TE.flatMapEither(expectSame(recorded, argument, isAllowed, warn)),
  )
}

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { checkEnv, describeReport } from '../env/checkEnv.ts'
import type { Environment } from '../env/environment.ts'
import { show } from '../env/show.ts'
import { isBuiltInName } from '../builtin/index.ts'
import { A_NAME, isEnvironmentName } from '../run/environmentName.ts'
import { encodePlain } from '../run/plain.ts'
import type { Picture } from '../picture/picture.ts'
import { key } from '../random/key.ts'
import { chooseExport, namedExport } from './environmentExport.ts'
import { loadModule, moduleName, settled } from './environmentModule.ts'
import { messageOf, type Problem } from './problem.ts'
import type { RunEnvironment } from './runEnvironment.ts'

/** Extent of the check before a run: enough to find most faults quickly. */
const CHECK = { episodes: 2, steps: 200 }

const isObject = (u: unknown): u is { readonly [name: string]: unknown } =>
  typeof u === 'object' && u !== null

/** The value of an export; if it is a function, what it returns or what its promise resolves to. */
const valueOf = (argument: string, name: string, value: unknown): TE.TaskEither<Problem, object> =>
  pipe(
    typeof value === 'function'
      ? TE.tryCatch(
          async () => settled(Promise.resolve((value as () => unknown)())),
          (error): Problem => `${argument}: ${name}() threw ${messageOf(error)}`,
        )
      : TE.right(value),
    TE.flatMap((made) =>
      made === null && typeof value === 'function'
        ? TE.left(`${argument}: expected ${name}() to return an environment, got nothing`)
        : isObject(made)
          ? TE.right(made)
          : TE.left(
              `${argument}: expected ${name} to be an environment or a function that returns one, got ${show(made)}`,
            ),
    ),
  )

/** Left if `init` returns a promise, which the command line does not support. */
const expectAtOnce = (argument: string, env: Environment<unknown>): E.Either<Problem, unknown> => {
  try {
    const state = env.init(key(0))
    if (!isObject(state) || typeof state['then'] !== 'function') return E.right(undefined)
    Promise.resolve(state).catch(() => undefined)
    return E.left(
      `${argument}: expected a synchronous environment, got one that returns promises: train it with ppo.asyncParts in your own program`,
    )
  } catch {
    // The check reports errors of init.
    return E.right(undefined)
  }
}

/** How to repair what is a game with `reset` and `step`, as in Gymnasium. */
const gameHint = (env: object): string => {
  try {
    return !('init' in env) && 'reset' in env
      ? '\nenv.fromGym makes an environment of a game with reset and step'
      : ''
  } catch {
    return ''
  }
}

const expectLaws = (argument: string, env: Environment<unknown>): E.Either<Problem, unknown> => {
  const report = checkEnv(env, CHECK)
  return report.ok
    ? E.right(undefined)
    : E.left(`${argument}: ${describeReport(report)}${gameHint(env)}`)
}

/** Left if the name cannot be stored in files, or the states in checkpoints. */
const expectStorable = (
  argument: string,
  env: Environment<unknown>,
): E.Either<Problem, unknown> => {
  if (!isEnvironmentName(env.name))
    return E.left(`${argument}: name: expected ${A_NAME}, got others: rename it`)
  if (isBuiltInName(env.name))
    return E.left(
      `${argument}: name: expected a name that no built-in environment has, got ${env.name}`,
    )
  return pipe(
    encodePlain(env.init(key(0))),
    E.mapLeft((problem) => `${argument}: init: ${problem}: checkpoints keep states`),
  )
}

type Draw = (state: unknown) => Picture

const isSize = (u: unknown): boolean => typeof u === 'number' && u > 0 && u < Infinity

/** The drawing that a module exports, with its path in the errors. */
const drawing =
  (path: string, draw: Draw): Draw =>
  (state) => {
    let picture: unknown
    try {
      picture = draw(state)
    } catch (error) {
      throw new Error(`${path}: draw threw ${messageOf(error)}`, { cause: error })
    }
    if (
      isObject(picture) &&
      isSize(picture['width']) &&
      isSize(picture['height']) &&
      Array.isArray(picture['background']) &&
      Array.isArray(picture['shapes'])
    )
      return picture as unknown as Picture
    throw new Error(
      `${path}: expected draw to return a Picture of width, height, background and shapes, got ${show(picture)}`,
    )
  }

/**
 * The environment of a module that the user has named.
 *
 * @param argument `./game.js`, or `./game.js#pong`
 */
export const ownEnvironment = (argument: string): TE.TaskEither<Problem, RunEnvironment> => {
  const wanted = moduleName(argument)
  return pipe(
    loadModule(wanted),
    TE.bindTo('module'),
    TE.bind('name', ({ module: { exports } }) =>
      TE.fromEither(
        wanted.export === null
          ? chooseExport(wanted.path, exports)
          : namedExport(wanted.path, exports)(wanted.export),
      ),
    ),
    TE.bind('value', ({ module: { exports }, name }) => valueOf(wanted.path, name, exports[name])),
    TE.let('env', ({ value }) => value as Environment<unknown>),
    TE.tapEither(({ env }) => expectAtOnce(argument, env)),
    TE.tapEither(({ env }) => expectLaws(argument, env)),
    TE.tapEither(({ env }) => expectStorable(argument, env)),
    TE.map(({ module: { url, sha256, exports }, name, env }) => {
      const { draw } = exports
      return {
        env,
        module: { sha256 },
        // Calling the function in another thread would make another environment.
        source: typeof exports[name] === 'function' ? null : { module: url, name },
        place: { name: env.name, sha256, module: url, export: name },
        draw: typeof draw === 'function' ? drawing(wanted.path, draw as Draw) : null,
        framesPerSecond: typeof draw === 'function' ? 30 : 10,
      }
    }),
  )
}

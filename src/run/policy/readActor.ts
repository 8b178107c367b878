import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { actorFor, type Actor, type ActorEnv } from '../../algo/actor.ts'
import type { Normaliser } from '../../algo/look.ts'
import type { Settings } from '../../algo/algorithm.ts'
import { isObject, parseJson } from '../../format/json.ts'
import { shown } from '../../tensor/shown.ts'
import type { Space } from '../../env/space.ts'
import { builtInOf, builtIns, isBuiltInName } from '../../builtin/index.ts'
import { backend } from '../../kernel/backends.ts'
import { checkSettings, readAlgorithm } from '../config.ts'
import { completed } from '../earlier.ts'
import { decodePolicy } from '../../inference/policy.ts'
import { readPolicy } from './readPolicy.ts'

/** The files of a run folder that an actor needs, as bytes. */
export interface ActorFiles {
  /** `config.json` */
  readonly config: Uint8Array
  /** `params.safetensors` */
  readonly params: Uint8Array
}

interface Given {
  readonly env: unknown
  readonly settings: Settings
}

const readConfig = (bytes: Uint8Array): E.Either<string, Given> =>
  pipe(
    parseJson(bytes, 'expected JSON, got something else or only a part'),
    E.map(completed),
    E.map((json) => (isObject(json) ? json : {})),
    E.bindTo('given'),
    E.bind('algorithm', ({ given }) => readAlgorithm(given['algorithm'])),
    E.bind('settings', ({ given, algorithm }) => checkSettings(algorithm, given['settings'])),
    E.bimap(
      (problem) => `config: ${problem}`,
      ({ given, settings }) => ({ env: given['env'], settings }),
    ),
  )

const ownWorld = (env: unknown): E.Either<string, ActorEnv<Space>> =>
  typeof env === 'string' && isBuiltInName(env)
    ? E.right(builtInOf(env).env)
    : E.left(
        `config: env: expected one of ${Object.keys(builtIns).join(', ')}, got ${shown(env)}: pass its environment, or its name and spaces`,
      )

/** The observation statistics, if the config normalises observations. */
const seenBy = (
  settings: Settings,
  normaliser: Normaliser | null,
): E.Either<string, Normaliser | null> => {
  if (!('normalise' in settings && settings.normalise.observation)) return E.right(null)
  return (normaliser?.observation ?? null) === null
    ? E.left('params: expected the statistics of observations that the config asks for, got none')
    : E.right(normaliser)
}

/**
 * Makes an actor from a policy file (`encodePolicy`), or from the files of a run folder, without a file
 * system.
 *
 * @param env your own environment, or its name and spaces; not needed for a built-in one
 * @returns Left with a message if a file is malformed, the environment is unknown, the statistics are
 * missing, or the parameters do not fit the spaces
 * @see actor, for what the result does
 */
export const readActor = <A extends Space = Space>(
  files: ActorFiles | Uint8Array,
  env?: ActorEnv<A>,
): E.Either<string, Actor<A>> =>
  files instanceof Uint8Array
    ? pipe(
        decodePolicy<A>(files),
        E.map(({ act }) => act),
      )
    : runActor(files, env)

const runActor = <A extends Space>(
  files: ActorFiles,
  env: ActorEnv<A> | undefined,
): E.Either<string, Actor<A>> =>
  pipe(
    E.Do,
    E.bind('given', () => readConfig(files.config)),
    E.bind('env', ({ given }) =>
      env === undefined
        ? // The type parameter A is the caller's claim: a name in a file has no type.
          (ownWorld(given.env) as E.Either<string, ActorEnv<A>>)
        : E.right(env),
    ),
    E.bind('policy', () =>
      pipe(
        readPolicy(files.params),
        E.mapLeft(({ message }) => `params: ${message}`),
        E.filterOrElse(
          ({ found }) => found.layout === 'proximal',
          ({ found }) => `params: expected the parameters of a run, got those of ${found.layout}`,
        ),
      ),
    ),
    E.bind('normaliser', ({ given, policy }) => seenBy(given.settings, policy.normaliser)),
    E.flatMap(({ given, env, policy: { params }, normaliser }) =>
      E.tryCatch(
        () => actorFor(backend('auto').machine, env, given.settings, { params, normaliser }),
        (error) => (error instanceof RangeError ? error.message : String(error)),
      ),
    ),
  )

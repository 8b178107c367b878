import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TextScore } from '../../run/rlhf/source.ts'
import { isModule, loadModule, moduleName, type LoadedModule } from '../environmentModule.ts'
import type { Problem } from '../problem.ts'

/** A function of the user's own that scores a text. */
export interface OwnScore {
  readonly score: TextScore
  /** SHA-256 of the file of its module */
  readonly sha256: string
}

const scoreIn = (
  path: string,
  exports: LoadedModule['exports'],
  wanted: string | null,
): E.Either<Problem, TextScore> => {
  const functions = Object.keys(exports).filter((name) => typeof exports[name] === 'function')
  const name =
    wanted ?? (functions.includes('default') || functions.length !== 1 ? 'default' : functions[0]!)
  const found = exports[name]
  return typeof found === 'function'
    ? E.right(found as TextScore)
    : E.left(
        `${path}: expected ${wanted === null ? 'a function as its default export or its only one' : `a function ${wanted}`}, such as export default (text) => -text.length, got ${Object.keys(exports).join(', ') || 'no export'}`,
      )
}

/** The function of a module that the user named: `./score.js`, or `./score.js#short` for an export. */
export const ownScore = (argument: string): TE.TaskEither<Problem, OwnScore> => {
  if (!isModule(argument))
    return TE.left(
      `--reward: expected the path of a module, such as ./score.js, got ${JSON.stringify(argument)}`,
    )
  const wanted = moduleName(argument)
  return pipe(
    loadModule(wanted),
    TE.flatMapEither(({ exports, sha256 }) =>
      pipe(
        scoreIn(wanted.path, exports, wanted.export),
        E.map((score) => ({ score, sha256 })),
      ),
    ),
  )
}

/** The function by which a run was scored; null where a reward model did. Left if the module has changed. */
export const scoreOf = (
  recorded: { readonly sha256: string } | null,
  argument: string | undefined,
): TE.TaskEither<Problem, TextScore | null> => {
  if (recorded === null)
    return argument === undefined
      ? TE.right(null)
      : TE.left('--reward: expected none, because the run has a reward model: leave it out')
  if (argument === undefined)
    return TE.left(
      '--reward: expected the module that scored the run, got nothing: name it, as in --reward ./score.js',
    )
  return pipe(
    ownScore(argument),
    TE.flatMapEither(({ score, sha256 }) =>
      sha256 === recorded.sha256
        ? E.right(score)
        : E.left(
            `${argument}: has changed since the run (SHA-256 ${recorded.sha256.slice(0, 12)}… then, ${sha256.slice(0, 12)}… now): restore the file, or start another run with --from`,
          ),
    ),
  )
}

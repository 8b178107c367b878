import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyState } from '../algo/algorithm.ts'
import { FILES } from '../run/config.ts'
import { openBestFile } from '../run/folder/bestFile.ts'
import { expectHeld } from '../run/folder/lock.ts'
import type { Console } from './console.ts'
import { fromFile, tried, type Problem } from './problem.ts'
import type { StartedRun } from './types.ts'

/** Keeps the best policy of a run in training in best.safetensors. */
export interface BestKeeper {
  /** Saves the policy of a state if its evaluation is the best so far. A failure does not end the run. */
  readonly see: (state: AnyState<unknown>) => void
  /** Tries again to save what could not be saved; the problem that prevents it, or null. */
  readonly finish: () => Problem | null
  /** SHA-256 of the file; null if there is none */
  readonly sha256: () => string | null
}

const nothing: BestKeeper = { see: () => undefined, finish: () => null, sha256: () => null }

/** @param start the state that the run starts or resumes with */
export const keepBest = (
  { config, out, lock, seen }: StartedRun,
  start: AnyState<unknown>,
  screen: Console,
): E.Either<Problem, BestKeeper> =>
  config.evaluation === undefined
    ? E.right(nothing)
    : pipe(
        fromFile(openBestFile(out, config)),
        E.map((file): BestKeeper => {
          const finish = (): Problem | null =>
            tried(() =>
              pipe(
                expectHeld(lock),
                E.flatMap(() => file.save()),
                fromFile,
              ),
            )
          const see = (state: AnyState<unknown>): void => {
            const best = seen.best()
            if (best?.update !== state.update) return
            file.hold(best, state.learner)
            const problem = finish()
            if (problem !== null)
              screen.say(
                `could not keep the best policy of update ${best.update}: ${problem}; the run continues`,
              )
          }
          if (seen.best() !== null && file.sha256() === null) see(start)
          const lost = seen.best()
          if (lost !== null && file.sha256() === null)
            screen.say(
              `${FILES.best} of update ${lost.update} is missing; the next better policy will be kept`,
            )
          return { see, finish, sha256: file.sha256 }
        }),
      )

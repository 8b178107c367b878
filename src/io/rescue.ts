import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TrainState } from '../algo/learner.ts'
import { saveCheckpoint } from './checkpoints.ts'
import * as file from './file.ts'
import type { WrittenFiles } from './journal.ts'
import { copyPast, linksOf } from './past.ts'
import { FILES, type RunConfig } from './run.ts'
import { createRun } from './runFolder.ts'
import { encodeTrained } from './trained.ts'

type Result<A> = E.Either<file.FileError, A>

/** A run as far as its files tell of it. */
interface Kept {
  readonly config: RunConfig
  readonly state: TrainState<unknown>
  readonly link: string
  readonly written: WrittenFiles
}

/** `runs/a-rescued`, or the first name of its kind that nothing has. */
const freeBeside = (run: string): string => {
  const base = `${file.resolve(run)}-rescued`
  for (let i = 1; ; i++) {
    const name = i === 1 ? base : `${base}${i}`
    if (!file.exists(name)) return name
  }
}

const isSame = (a: WrittenFiles, b: WrittenFiles): boolean =>
  a.metrics.sha256 === b.metrics.sha256 && a.chain.sha256 === b.chain.sha256

/**
 * Saves a run beside its folder, which is no longer its own: parameters, config and a checkpoint.
 * Where the files that grew are as the run wrote them, they are copied, and it can go on from there.
 */
export const rescue = (
  run: string,
  { config, state, link, written }: Kept,
): Result<{ readonly folder: string; readonly goesOn: boolean }> => {
  const folder = freeBeside(run)
  return pipe(
    createRun(folder, config),
    E.flatMap(() => file.replace(file.join(folder, FILES.params), encodeTrained(state.learner))),
    E.map(() => copyPast(run, folder, written.metrics.bytes, linksOf(run, state.update + 1))),
    E.map((copied) => E.isRight(copied) && isSame(copied.right, written)),
    E.tap((goesOn) =>
      goesOn
        ? E.right(undefined)
        : pipe(
            file.replace(file.join(folder, FILES.metrics), ''),
            E.flatMap(() => file.replace(file.join(folder, FILES.chain), '')),
          ),
    ),
    E.tap(() => saveCheckpoint(folder, config, state, link, written)),
    E.map((goesOn) => ({ folder, goesOn })),
  )
}

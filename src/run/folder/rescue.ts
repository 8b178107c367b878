import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyState } from '../../algo/algorithm.ts'
import { saveCheckpoint } from './checkpoints.ts'
import * as file from '../disk/file.ts'
import type { WrittenFiles } from './journal.ts'
import { copyPast, linksOf } from './past.ts'
import type { RunConfig } from '../config.ts'
import { pathIn } from './runFiles.ts'
import { createRun } from './runFolder.ts'
import { encodeTrained } from '../policy/policySnapshot.ts'

type Result<A> = E.Either<file.FileError, A>

/** A run in memory, and how much of it its files hold. */
interface Kept {
  readonly config: RunConfig
  readonly state: AnyState<unknown>
  readonly link: string
  readonly written: WrittenFiles
}

/** The first of `runs/a-rescued`, `runs/a-rescued2` … that does not exist. */
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
 * Saves config, parameters and a checkpoint of a run that has lost its folder to a new folder beside
 * it. If the growing files are unchanged, copies them too, so that the run can resume there.
 */
export const rescue = (
  run: string,
  { config, state, link, written }: Kept,
): Result<{ readonly folder: string; readonly goesOn: boolean }> => {
  const folder = freeBeside(run)
  return pipe(
    createRun(folder, config),
    E.flatMap(() => file.replace(pathIn(folder, 'params'), encodeTrained(state.learner))),
    E.map(() => copyPast(run, folder, written.metrics.bytes, linksOf(run, state.update + 1))),
    E.map((copied) => E.isRight(copied) && isSame(copied.right, written)),
    E.tap((goesOn) =>
      goesOn
        ? E.right(undefined)
        : pipe(
            file.replace(pathIn(folder, 'metrics'), ''),
            E.flatMap(() => file.replace(pathIn(folder, 'chain'), '')),
          ),
    ),
    E.tap(() =>
      file.exists(pathIn(run, 'best'))
        ? pipe(
            file.readBytes(pathIn(run, 'best')),
            E.flatMap((bytes) => file.replace(pathIn(folder, 'best'), bytes)),
          )
        : E.right(undefined),
    ),
    E.tap(() => saveCheckpoint(folder, config, state, link, written)),
    E.map((goesOn) => ({ folder, goesOn })),
  )
}

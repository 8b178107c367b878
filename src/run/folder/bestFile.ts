import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decodeBest, encodeBest, type Best } from '../bestPolicy.ts'
import type { RunConfig } from '../config.ts'
import * as file from '../disk/file.ts'
import { sha256Hex } from '../hash.ts'
import type { PolicySnapshot } from '../policy/policySnapshot.ts'
import { pathIn } from './runFiles.ts'

type Result<A> = E.Either<file.FileError, A>

/** best.safetensors of a run in training. */
export interface BestFile {
  /** Takes a better policy, which the next `save` writes. */
  readonly hold: (best: Best, trained: PolicySnapshot) => void
  /** Writes what is held. After a failure it stays held. */
  readonly save: () => Result<void>
  /** SHA-256 of what the run has written; null: nothing yet */
  readonly sha256: () => string | null
}

const CHANGED =
  'expected the best policy that this run has written, found something else: it was changed during the run'

const hashAt = (path: string): Result<string | null> =>
  file.exists(path) ? E.map(sha256Hex)(file.readBytes(path)) : E.right(null)

/** SHA-256 of the best policy in a run folder, or null if there is none; Left for any other file. */
const present = (run: string, config: RunConfig): Result<string | null> => {
  const path = pathIn(run, 'best')
  if (!file.exists(path)) return E.right(null)
  return pipe(
    file.readBytes(path),
    E.flatMap((bytes) =>
      pipe(
        decodeBest(config, bytes),
        E.bimap(
          (problem): file.FileError => ({ path, problem: `${problem}: move it away` }),
          () => sha256Hex(bytes),
        ),
      ),
    ),
  )
}

/** Opens best.safetensors of a run that starts or resumes; Left if another file has its name. */
export const openBestFile = (run: string, config: RunConfig): Result<BestFile> => {
  const path = pathIn(run, 'best')
  return pipe(
    present(run, config),
    E.map((found): BestFile => {
      let written = found
      let held: Uint8Array | null = null
      return {
        hold: (best, trained) => {
          held = encodeBest(config, best, trained)
        },
        save: () => {
          const bytes = held
          if (bytes === null) return E.right(undefined)
          return pipe(
            hashAt(path),
            E.filterOrElse(
              (now) => now === null || now === written,
              (): file.FileError => ({ path, problem: CHANGED }),
            ),
            E.flatMap(() => file.replace(path, bytes)),
            E.map(() => {
              written = sha256Hex(bytes)
              held = null
            }),
          )
        },
        sha256: () => written,
      }
    }),
  )
}

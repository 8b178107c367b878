import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isDeepStrictEqual } from 'node:util'
import * as file from '../disk/file.ts'
import { sha256Hex } from '../hash.ts'
import type { WrittenFiles } from './journal.ts'
import { expectHeld, type Lock } from './lock.ts'
import type { RunConfig } from '../config.ts'
import { pathIn } from './runFiles.ts'
import { readConfig } from './runFolder.ts'

type Result<A> = E.Either<file.FileError, A>

/** Detects that another process took the folder of a run in training, or changed its files. */
export interface FolderGuard {
  /** SHA-256 of config.json as the run began with it */
  readonly configHash: string
  /**
   * Left if the lock is lost, config.json changed, or metrics.jsonl or chain was replaced or is shorter
   * than `written`. Cheap: it does not read the growing files.
   */
  readonly check: (written: WrittenFiles) => Result<void>
}

const expectWritten = (path: string, identity: string | null, bytes: number): Result<void> =>
  file.identityAt(path) === identity
    ? pipe(
        file.sizeOf(path),
        E.filterOrElse(
          (size) => size >= bytes,
          (size): file.FileError => ({
            path,
            problem: `expected the ${bytes} bytes that this run wrote, found ${size}: it was changed during the run`,
          }),
        ),
        E.map(() => undefined),
      )
    : E.left({
        path,
        problem:
          'expected the file that this run writes to, found another one or nothing: it was changed during the run',
      })

/** Left unless config.json has the expected SHA-256. */
const expectConfig = (path: string, expected: string): Result<void> =>
  pipe(
    file.readBytes(path),
    E.filterOrElse(
      (bytes) => sha256Hex(bytes) === expected,
      (): file.FileError => ({
        path,
        problem:
          'expected the config of the running training, found another: it was changed during the run',
      }),
    ),
    E.map(() => undefined),
  )

/** A guard for a run whose growing files are open. Left if config.json already differs from `config`. */
export const guardRun = (run: string, config: RunConfig, lock: Lock): Result<FolderGuard> => {
  const [path, metrics, chain] = (['config', 'metrics', 'chain'] as const).map((name) =>
    pathIn(run, name),
  ) as [string, string, string]
  const identities = [file.identityAt(metrics), file.identityAt(chain)] as const
  return pipe(
    readConfig(run),
    E.filterOrElse(
      (found) => isDeepStrictEqual(found, config),
      (): file.FileError => ({ path, problem: 'expected the config of this run, found another' }),
    ),
    E.flatMap(() => file.readBytes(path)),
    E.map((bytes): FolderGuard => {
      const configHash = sha256Hex(bytes)
      let seen = file.stampAt(path)
      return {
        configHash,
        check: (written) =>
          pipe(
            expectHeld(lock),
            E.flatMap(() => {
              const stamp = file.stampAt(path)
              if (stamp !== null && stamp === seen) return E.right(undefined)
              const same = expectConfig(path, configHash)
              if (E.isRight(same)) seen = stamp
              return same
            }),
            E.flatMap(() => expectWritten(metrics, identities[0], written.metrics.bytes)),
            E.flatMap(() => expectWritten(chain, identities[1], written.chain.bytes)),
          ),
      }
    }),
  )
}

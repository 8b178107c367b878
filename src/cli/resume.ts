import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { expectRun, newestCheckpoint, tidyCheckpoints } from '../run/folder/checkpoints.ts'
import { describeFileError } from '../run/disk/file.ts'
import type { Lock } from '../run/folder/lock.ts'
import { eachReturn, expectPast } from '../run/folder/past.ts'
import { readConfig, rewind } from '../run/folder/runFolder.ts'
import { fromFile, type Problem } from './problem.ts'
import { returnsOf } from './returns.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import type { Begun } from './running.ts'

/**
 * A run as its last whole checkpoint has it, or as it began: what was written after that is made
 * again, to the same bits. Damaged checkpoints are passed over and named.
 */
export const resumed = (
  out: string,
  environment: RunEnvironment,
  lock: Lock,
): E.Either<Problem, { readonly run: Begun; readonly damaged: readonly string[] }> =>
  pipe(
    E.Do,
    E.bind('config', () => fromFile(readConfig(out))),
    E.bind('found', () => fromFile(newestCheckpoint(out))),
    E.tap(({ config, found: { checkpoint } }) =>
      checkpoint === null ? E.right(undefined) : fromFile(expectRun(out, config, checkpoint)),
    ),
    E.bind('past', ({ found: { checkpoint } }) => fromFile(expectPast(out, checkpoint))),
    E.let('returns', returnsOf),
    E.tap(({ past, returns }) => fromFile(eachReturn(out, past, returns.add))),
    E.tap(({ found: { checkpoint }, past }) =>
      fromFile(rewind(out, past, checkpoint?.chain ?? null)),
    ),
    E.tap(({ found: { checkpoint } }) => fromFile(tidyCheckpoints(out, checkpoint?.update ?? 0))),
    E.map(({ config, found: { checkpoint, damaged }, past, returns }) => ({
      run: { config, environment, out, lock, from: checkpoint, past, returns },
      damaged: damaged.map(describeFileError),
    })),
  )

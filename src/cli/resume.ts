import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { updatesOf } from '../algo/configFields.ts'
import type { Device } from '../kernel/gpu/device.ts'
import { describeEstimate, estimateRun } from '../run/budget.ts'
import { expectRun, newestCheckpoint, tidyCheckpoints } from '../run/folder/checkpoints.ts'
import { describeFileError } from '../run/disk/file.ts'
import type { Lock } from '../run/folder/lock.ts'
import { eachMetrics, expectPast } from '../run/folder/past.ts'
import { readConfig, rewind } from '../run/folder/runFolder.ts'
import { threadsOf } from './backendOptions.ts'
import { grouped, type Console } from './console.ts'
import { fromFile, type Problem } from './problem.ts'
import { withReady } from './ready.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { seenOf } from './seen.ts'
import { trainLoop } from './trainLoop.ts'
import type { StartedRun, TrainOptions } from './types.ts'

/**
 * The state of a run at its newest intact checkpoint, or at its start: what was written after that is
 * repeated, with the same bits. Damaged checkpoints are skipped and named.
 */
const resumed = (
  out: string,
  environment: RunEnvironment,
  lock: Lock,
): E.Either<Problem, { readonly run: StartedRun; readonly damaged: readonly string[] }> =>
  pipe(
    E.Do,
    E.bind('config', () => fromFile(readConfig(out))),
    E.bind('found', () => fromFile(newestCheckpoint(out))),
    E.tap(({ config, found: { checkpoint } }) =>
      checkpoint === null ? E.right(undefined) : fromFile(expectRun(out, config, checkpoint)),
    ),
    E.bind('past', ({ found: { checkpoint } }) => fromFile(expectPast(out, checkpoint))),
    E.let('seen', ({ config }) => seenOf(config, environment.env)),
    E.tap(({ config, past, seen }) => fromFile(eachMetrics(out, config.algorithm, past, seen.add))),
    E.tap(({ found: { checkpoint }, past }) =>
      fromFile(rewind(out, past, checkpoint?.chain ?? null)),
    ),
    E.tap(({ found: { checkpoint } }) => fromFile(tidyCheckpoints(out, checkpoint?.update ?? 0))),
    E.map(({ config, found: { checkpoint, damaged }, past, seen }) => ({
      run: { config, environment, out, lock, from: checkpoint, past, seen },
      damaged: damaged.map(describeFileError),
    })),
  )

/**
 * Trains from what is kept in the folder of a run, which is locked.
 *
 * @param device what learns; null: kernels do
 */
export const resumeLocked = (
  out: string,
  environment: RunEnvironment,
  lock: Lock,
  options: TrainOptions,
  device: Device | null,
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    TE.fromEither(resumed(out, environment, lock)),
    TE.bind('threads', () => TE.fromTask(() => threadsOf(options.backend))),
    TE.orElseFirstTaskK(() => async () => device?.destroy()),
    TE.flatMap(({ run, damaged, threads }) => {
      for (const problem of damaged) screen.say(`passed over  ${problem}`)
      const { config } = run
      const done = run.from?.update ?? 0
      const estimated = estimateRun(config, environment.env, { from: done, threads })
      screen.say(
        `${config.env}: on from update ${grouped(done)} of ${grouped(updatesOf(config.settings))}, in ${out}: ${describeEstimate(estimated)}`,
      )
      return withReady(run, options, device, screen, (ready) =>
        trainLoop(run, ready, options, screen),
      )
    }),
  )

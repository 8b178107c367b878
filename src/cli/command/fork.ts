import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { algorithms, type Settings } from '../../algo/algorithm.ts'
import { updatesOf } from '../../algo/configFields.ts'
import type { Environment } from '../../env/environment.ts'
import { encodeCheckpoint, openCheckpoint, type StoredCheckpoint } from '../../run/checkpoint.ts'
import { expectRun, newestCheckpoint, saveCheckpoint } from '../../run/folder/checkpoints.ts'
import { copyPast, expectPast, lengthUntil, recordedLinks } from '../../run/folder/past.ts'
import { resume } from '../../run/resume.ts'
import type { RunConfig } from '../../run/config.ts'
import { forkConfig } from '../../run/fork.ts'
import { createRun, expectRoom, makeRoom, readConfig } from '../../run/folder/runFolder.ts'
import { budgetOptions, expectLongestUpdate } from '../budget.ts'
import { backTo, type Then } from '../backTo.ts'
import { defineCommand } from '../command.ts'
import { wholeNumber, type Given } from '../options.ts'
import { parseSameBits } from '../backendOptions.ts'
import { environmentOf, environmentOptions, type EnvironmentValues } from '../environment.ts'
import { openBackend } from '../backend.ts'
import type { RunEnvironment } from '../runEnvironment.ts'
import type { TrainOptions } from '../types.ts'
import { freeFolder } from '../freeFolder.ts'
import { parseTrainOptions, trainOptions } from '../trainOptions.ts'
import { fromFile, type Problem } from '../problem.ts'
import { withSettings } from '../settings.ts'
import { openConsole } from '../console.ts'
import { resumeLocked } from '../resume.ts'
import { withLock } from '../lock.ts'

/** Arguments of `fork`. */
interface ForkArguments {
  readonly run: string
  readonly at: number
  readonly config: RunConfig
  /** the config of the new run */
  readonly next: RunConfig
  readonly out: string
  readonly environment: EnvironmentValues
  readonly options: TrainOptions
}

/** The newest checkpoint of a run, where config and metrics are as they were when it was written. */
const newestOf = (run: string, config: RunConfig): E.Either<Problem, StoredCheckpoint | null> =>
  pipe(
    newestCheckpoint(run),
    E.map(({ checkpoint }) => checkpoint),
    E.tap((checkpoint) =>
      checkpoint === null
        ? E.right(undefined)
        : pipe(
            expectRun(run, config, checkpoint),
            E.flatMap(() => expectPast(run, checkpoint)),
          ),
    ),
    fromFile,
  )

/** The config of the fork, which has to be longer than its past. */
const forked = (config: RunConfig, at: number, settings: Settings): E.Either<Problem, RunConfig> =>
  pipe(
    forkConfig(config, at, settings),
    E.filterOrElse(
      (next) => updatesOf(next.settings) > at,
      (next): Problem =>
        `--at: expected less than the ${updatesOf(next.settings)} updates of the new run, got ${at}: --steps makes it longer`,
    ),
  )

/** Left where a state does not belong to a run with that config. */
const expectFit = (
  config: RunConfig,
  env: Environment<unknown>,
  { state, link }: Then,
): E.Either<Problem, unknown> =>
  pipe(
    encodeCheckpoint({
      algorithm: config.algorithm,
      config: config.settings,
      state,
      link,
      about: {},
    }),
    E.flatMap((bytes) => openCheckpoint(bytes)),
    E.flatMap(resume(algorithms[config.algorithm].parts(config.settings, env))),
    E.mapLeft((problem) => `--set: expected settings that fit the state of the run: ${problem}`),
  )

const forkArguments = {
  at: { type: 'string' },
  steps: { type: 'string' },
  set: { type: 'string', multiple: true },
  out: { type: 'string' },
  ...environmentOptions,
  ...trainOptions,
  ...budgetOptions,
} as const

const parseFork = ({
  values,
  names: [run = ''],
}: Given<typeof forkArguments>): E.Either<Problem, ForkArguments> =>
  pipe(
    E.Do,
    E.filterOrElse(
      () => values.out !== '',
      (): Problem => '--out: expected the name of a new folder, got "": name one or leave it out',
    ),
    E.filterOrElse(
      () => values.at !== undefined,
      (): Problem => '--at: expected an update to fork after, got nothing: see --help',
    ),
    E.bind('config', () => fromFile(readConfig(run))),
    E.filterOrElse(
      ({ config }) => config.gpu === undefined,
      ({ config }): Problem =>
        `${run}: expected a run trained with js or wasm, got one trained with ${config.gpu?.mode}: its updates cannot be repeated to the bit`,
    ),
    E.bind('at', () => wholeNumber('at', values.at, 0, 0)),
    E.bind('steps', ({ config }) =>
      wholeNumber('steps', values.steps, config.settings.totalSteps, 1),
    ),
    E.bind('settings', ({ config: { algorithm, settings }, steps }) =>
      withSettings(algorithm, { ...settings, totalSteps: steps }, values.set ?? []),
    ),
    E.bind('options', () => parseTrainOptions(values, parseSameBits)),
    E.filterOrElse(
      ({ config, at }) => at <= updatesOf(config.settings),
      ({ config, at }): Problem =>
        `--at: expected an update from 0 to ${updatesOf(config.settings)}, got ${at}`,
    ),
    E.bind('next', ({ config, at, settings }) => forked(config, at, settings)),
    E.map(({ at, config, next, options }) => ({
      run,
      at,
      config,
      next,
      out: values.out ?? freeFolder(config.env, `-seed${config.seed}-at${at}`),
      environment: values,
      options,
    })),
  )

/** The records of the run up to that update, which the new run copies. */
const recordedPast = ({ run, at, config, out }: ForkArguments) =>
  pipe(
    fromFile(expectRoom(out)),
    E.flatMap(() => fromFile(lengthUntil(run, config.algorithm, at))),
    E.bindTo('bytes'),
    E.bind('newest', () => newestOf(run, config)),
    E.bind('links', ({ newest }) => fromFile(recordedLinks(run, at + 1, newest))),
  )

/** Allocates what the new run needs before its folder is made. */
const expectRoomToTrain = (
  { next, at, options }: ForkArguments,
  environment: RunEnvironment,
): TE.TaskEither<Problem, unknown> =>
  TE.fromTask(async () => {
    const opened = await openBackend(next, environment, options.backend, { from: at })
    await opened.stop()
  })

/** Starts a new run from an update of another run, with different settings. */
export const command = defineCommand({
  name: 'fork',
  example: 'proximal fork runs/cartpole-seed1 --at 40 --set learningRate=1e-3',
  usage: `  proximal fork <run>     start a new run from an update of another run
    --at UPDATE           the update to fork after
    --steps N, --set key=value, --out DIR, and other options of train
    --budget BUDGET
`,
  options: forkArguments,
  positionals: () => ['<run>'],
  run: (arguments_, streams) => {
    const screen = openConsole(streams, arguments_.values.json)
    return pipe(
      TE.fromEither(parseFork(arguments_)),
      TE.bindTo('given'),
      TE.bind('past', ({ given }) => TE.fromEither(recordedPast(given))),
      TE.bind('environment', ({ given: { config, environment } }) =>
        environmentOf(config, environment, screen),
      ),
      TE.tap(({ given: { run, next, options }, environment: { env } }) =>
        expectLongestUpdate(run, next, env, options),
      ),
      TE.bind('then', ({ given, environment, past }) =>
        backTo(given, environment, past.links, screen),
      ),
      TE.tap(({ given, environment }) => expectRoomToTrain(given, environment)),
      TE.tapEither(({ given: { next, out }, environment: { env }, then }) =>
        pipe(
          expectFit(next, env, then),
          E.flatMap(() => fromFile(makeRoom(out))),
        ),
      ),
      TE.flatMap(({ given: { run, next, out, options }, environment, past, then }) =>
        withLock(out, (lock) =>
          pipe(
            createRun(out, next),
            E.flatMap(() => copyPast(run, out, past.bytes, past.links)),
            E.flatMap((written) => saveCheckpoint(out, next, then.state, then.link, written)),
            fromFile,
            TE.fromEither,
            TE.flatMap(() => resumeLocked(out, environment, lock, options, null, screen)),
          ),
        ),
      ),
    )
  },
})

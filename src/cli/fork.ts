import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TrainState } from '../algo/learner.ts'
import { updatesOf, type PpoConfig } from '../algo/ppo/config.ts'
import { parts } from '../algo/ppo/parts.ts'
import type { Environment } from '../env/environment.ts'
import { encodeCheckpoint, openCheckpoint, type StoredCheckpoint } from '../run/checkpoint.ts'
import { expectRun, newestCheckpoint, saveCheckpoint } from '../run/folder/checkpoints.ts'
import { beginningOf, course } from '../run/course.ts'
import { firstLink, nextLink } from '../run/hash.ts'
import type { Links } from '../run/links.ts'
import { nodeSha256 } from '../run/nodeSha256.ts'
import { copyPast, expectPast, lengthUntil, recordedLinks } from '../run/folder/past.ts'
import { resume } from '../run/resume.ts'
import { checkRunConfig, stretchesAfter, type RunConfig } from '../run/config.ts'
import { createRun, expectRoom, makeRoom, readConfig } from '../run/folder/runFolder.ts'
import { describeEstimate, estimateRun } from '../run/budget.ts'
import { budgetOptions, expectAffordable, expectLongestUpdate } from './budget.ts'
import { parseCommand, wholeNumber } from './arguments.ts'
import { parseSameBits, threadsOf } from './engine.ts'
import { environmentOf, environmentOptions, type EnvironmentValues } from './environment.ts'
import { learningOf } from './learning.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import type { How } from './running.ts'
import { pauses } from './pause.ts'
import { freeFolder, howOptions, parseHow } from './order.ts'
import { fromFile, type Problem } from './problem.ts'
import { withSettings } from './settings.ts'
import { grouped, progress, screen, type Screen } from './show.ts'
import { goOnLocked } from './train.ts'
import { lock, unlock } from './lock.ts'

/** A run as it was after an update. */
interface Then {
  readonly state: TrainState<unknown>
  /** the last one of its hash chain */
  readonly link: string
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

/** Goes on from the last checkpoint before an update to that update, as the run did. */
const backTo = async (
  run: string,
  config: RunConfig,
  environment: RunEnvironment,
  at: number,
  recorded: Links,
  { engine, budget }: How,
  show: Screen,
): Promise<E.Either<Problem, Then>> => {
  const found = fromFile(newestCheckpoint(run, at))
  if (E.isLeft(found)) return found
  const { checkpoint } = found.right
  const done = checkpoint?.update ?? 0
  const estimated = pipe(
    estimateRun(config, environment.env, {
      from: done,
      to: at,
      threads: await threadsOf(engine),
      kernels: engine.kernels,
    }),
    expectAffordable(run, budget),
  )
  if (E.isLeft(estimated)) return estimated
  show.say(`repeating the run up to there takes ${describeEstimate(estimated.right)}`)
  const learning = await learningOf(config, environment, engine, { from: done, to: at })
  const pause = pauses()
  const bar = progress(show, `back to update ${grouped(at)}`, at, 'updates', done)
  try {
    const from =
      checkpoint === null
        ? E.right(beginningOf(config, learning.partsOf))
        : resume(learning.partsOf(stretchesAfter(config, done)[0]!.ppo))(checkpoint)
    if (E.isLeft(from)) return E.left(`${run}: ${from.left}`)
    let state = from.right
    let link = checkpoint?.link ?? firstLink(state.learner)
    const isRecorded = () => link === recorded.at(state.update)
    if (done < at && isRecorded())
      for (const [metrics, next] of course(config, learning.partsOf, state)) {
        state = next
        link = nextLink(link, metrics, next.learner, nodeSha256)
        bar.update(state.update, () => '')
        await pause()
        if (state.update === at || !isRecorded()) break
      }
    return isRecorded()
      ? E.right({ state, link })
      : E.left(
          `${run}: update ${state.update} came out as another than the one recorded: see proximal replay ${run}`,
        )
  } finally {
    bar.stop()
    await learning.stop()
  }
}

/** The config of a run that learned as another one up to an update, and by `ppo` from there on. */
const forked = (
  { past, ...config }: RunConfig,
  at: number,
  ppo: PpoConfig,
): E.Either<Problem, RunConfig> => {
  const before = stretchesAfter({ past, ...config }, at - 1)[0]!.ppo
  return pipe(
    checkRunConfig({
      ...config,
      ppo,
      past: at === 0 ? [] : [...past.filter(({ until }) => until < at), { until: at, ppo: before }],
    }),
    E.filterOrElse(
      (next) => updatesOf(next.ppo) > at,
      (next): Problem =>
        `--at: expected less than the ${updatesOf(next.ppo)} updates of the new run, got ${at}: --steps makes it longer`,
    ),
  )
}

/** Left where a state is none of a run with that config. */
const expectFit = (
  config: RunConfig,
  env: Environment<unknown>,
  { state, link }: Then,
): E.Either<Problem, unknown> =>
  pipe(
    encodeCheckpoint({ config: config.ppo, state, link, about: {} }),
    E.flatMap((bytes) => openCheckpoint(bytes)),
    E.flatMap(resume(parts(config.ppo, env))),
    E.mapLeft((problem) => `--set: expected settings that the state of the run fits: ${problem}`),
  )

/** What `fork` was asked for. */
interface ForkOrder {
  readonly run: string
  readonly at: number
  readonly config: RunConfig
  readonly next: RunConfig
  readonly out: string
  readonly environment: EnvironmentValues
  readonly how: How
}

const parseFork = (args: readonly string[]): E.Either<Problem, ForkOrder> =>
  pipe(
    parseCommand(
      args,
      {
        at: { type: 'string' },
        steps: { type: 'string' },
        set: { type: 'string', multiple: true },
        out: { type: 'string' },
        ...environmentOptions,
        ...howOptions,
        ...budgetOptions,
      },
      ['<run>'],
    ),
    E.filterOrElse(
      ({ values }) => values.at !== undefined && values.out !== '',
      ({ values }): Problem =>
        values.out === ''
          ? '--out: expected the name of a new folder, got "": name one or leave it out'
          : '--at: expected an update to fork after, got nothing: see --help',
    ),
    E.bindTo('given'),
    E.let('run', ({ given }) => given.names[0]!),
    E.bind('config', ({ run }) => fromFile(readConfig(run))),
    E.filterOrElse(
      ({ config }) => config.gpu === undefined,
      ({ run, config }): Problem =>
        `${run}: expected a run that js or wasm has learned, got one of ${config.gpu?.mode}: what led to an update of it cannot be made again to the bit`,
    ),
    E.bind('at', ({ given }) => wholeNumber('at', given.values.at, 0, 0)),
    E.bind('steps', ({ given, config }) =>
      wholeNumber('steps', given.values.steps, config.ppo.totalSteps, 1),
    ),
    E.bind('ppo', ({ given, config, steps }) =>
      withSettings({ ...config.ppo, totalSteps: steps }, given.values.set ?? []),
    ),
    E.bind('how', ({ given }) => parseHow(given.values, parseSameBits)),
    E.filterOrElse(
      ({ config, at }) => at <= updatesOf(config.ppo),
      ({ config, at }): Problem =>
        `--at: expected an update from 0 to ${updatesOf(config.ppo)}, got ${at}`,
    ),
    E.bind('next', ({ config, at, ppo }) => forked(config, at, ppo)),
    E.map(({ given, run, at, config, next, how }) => ({
      run,
      at,
      config,
      next,
      out: given.values.out ?? freeFolder(config.env, `-seed${config.seed}-at${at}`),
      environment: given.values,
      how,
    })),
  )

/** The same past, another future: a run of its own, from an update of another on. */
export const fork = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const order = parseFork(args)
  if (E.isLeft(order)) return order
  const { run, at, config, next, out, how } = order.right
  const past = pipe(
    E.Do,
    E.tap(() => fromFile(expectRoom(out))),
    E.bind('bytes', () => fromFile(lengthUntil(run, at))),
    E.bind('newest', () => newestOf(run, config)),
    E.bind('links', ({ newest }) => fromFile(recordedLinks(run, at + 1, newest))),
  )
  if (E.isLeft(past)) return past
  const environment = await environmentOf(config, order.right.environment)
  if (E.isLeft(environment)) return environment
  const estimated = await expectLongestUpdate(run, next, environment.right.env, how)
  if (E.isLeft(estimated)) return estimated
  const { bytes, links } = past.right
  const then = await backTo(run, config, environment.right, at, links, how, screen(how.json))
  if (E.isLeft(then)) return then
  const { state, link } = then.right
  // Allocate before creating a folder.
  const sized = await learningOf(next, environment.right, how.engine, { from: at })
  await sized.stop()
  const room = pipe(
    expectFit(next, environment.right.env, then.right),
    E.flatMap(() => fromFile(makeRoom(out))),
  )
  if (E.isLeft(room)) return room
  const locked = await lock(out)
  if (E.isLeft(locked)) return locked
  try {
    const made = pipe(
      createRun(out, next),
      E.flatMap(() => copyPast(run, out, bytes, links)),
      E.flatMap((written) => saveCheckpoint(out, next, state, link, written)),
      fromFile,
    )
    return E.isLeft(made) ? made : await goOnLocked(out, environment.right, locked.right, how)
  } finally {
    unlock(locked.right)
  }
}

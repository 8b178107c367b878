import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { setImmediate } from 'node:timers/promises'
import { faultOf, type Fault } from '../algo/fault.ts'
import type { AnyState } from '../algo/algorithm.ts'
import { updatesOf } from '../algo/configFields.ts'
import { describeWarning } from '../algo/health/health.ts'
import { saveCheckpoint } from '../run/folder/checkpoints.ts'
import { eventFileIn, openEventFile, type EventFile } from '../report/eventFile.ts'
import { describeFileError } from '../run/disk/file.ts'
import { firstLink, nextLink } from '../run/hash.ts'
import { openJournal, type Journal } from '../run/folder/journal.ts'
import { nodeSha256 } from '../run/nodeSha256.ts'
import { evaluationOf, withEvaluation } from '../run/evaluation.ts'
import { encodeMetrics } from '../run/metrics.ts'
import { guardRun, type FolderGuard } from '../run/folder/folderGuard.ts'
import { expectHeld } from '../run/folder/lock.ts'
import { rescue } from '../run/folder/rescue.ts'
import { finishRun, type End } from '../run/folder/finishRun.ts'
import { keepBest, type BestKeeper } from './bestPolicy.ts'
import { isDue } from './checkpointing.ts'
import { describeFewer } from './backendOptions.ts'
import { describeTransfers } from './gpu.ts'
import type { TrainingBackend } from './backend.ts'
import { fromFile, messageOf, tried, type Problem } from './problem.ts'
import type { Ready } from './ready.ts'
import type { StartedRun, TrainResult, TrainOptions } from './types.ts'
import { formatSeen } from './seen.ts'
import { printSummary } from './summary.ts'
import { progress, type Console } from './console.ts'
import { watchProcess } from './watchProcess.ts'

/** Exit code of a run that was interrupted and kept: 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130
/** The exit code of a run that a fault ended. */
const FAULTED = 2

/** Flush files and handle signals after this many milliseconds. */
const BETWEEN_FLUSHES = 20

/** Opens the event file of a run, if it was requested or already exists. */
const eventsOf = (
  { config: { algorithm, settings }, out, from, past }: StartedRun,
  { tensorboard }: TrainOptions,
): E.Either<Problem, EventFile | null> =>
  pipe(
    eventFileIn(out),
    E.flatMap((found) =>
      found === null && !tensorboard
        ? E.right(null)
        : openEventFile(
            out,
            algorithm,
            past,
            from?.update ?? 0,
            settings.envs * settings.steps,
            Date.now() / 1000,
          ),
    ),
    fromFile,
  )

/** The open files of a run. */
interface Files {
  readonly journal: Journal
  readonly guard: FolderGuard
  readonly events: EventFile | null
  readonly best: BestKeeper
}

/** A run after an update. */
interface Point {
  readonly state: AnyState<unknown>
  readonly link: string
}

/** Learns to the end, to an interrupt or to a failure; writes each update, and checkpoints. */
const loop = async (
  { config, out, lock, from, seen }: StartedRun,
  start: AnyState<unknown>,
  { journal, guard, events, best }: Files,
  { steps, partsOf, threads, transfers, interrupt, note }: TrainingBackend,
  { every }: TrainOptions,
  screen: Console,
): Promise<TrainResult> => {
  const { settings, env } = config
  const perUpdate = settings.envs * settings.steps
  const evaluate = evaluationOf(config, partsOf)
  let at: Point = { state: start, link: from?.link ?? firstLink(start.learner) }
  if (from === null) journal.add('', at.link)
  /** as of the last flush of its files */
  let settled = at
  let [failure, fault]: [Problem | null, Fault | null] = [null, null]
  let kept = from?.update ?? -1
  let flushed = performance.now()
  let checked = { update: start.update, at: flushed }
  let isLost = false
  /** how many warnings were printed */
  let warned = seen.warnings().length

  const flush = (): Problem | null => {
    flushed = performance.now()
    const unseen = events === null ? null : tried(() => fromFile(events.flush()))
    if (unseen !== null) screen.say(`${unseen}; the run continues without events`)
    const problem = tried(() =>
      fromFile(
        pipe(
          guard.check(journal.written()),
          E.flatMap(() => journal.flush()),
        ),
      ),
    )
    if (problem === null) settled = at
    return problem
  }
  const keep = (): Problem | null => {
    const problem = tried(() =>
      fromFile(
        pipe(
          expectHeld(lock),
          E.flatMap(() => saveCheckpoint(out, config, at.state, at.link, journal.written())),
        ),
      ),
    )
    if (problem === null) kept = at.state.update
    return problem
  }

  const watch = watchProcess(interrupt)
  const started = performance.now()
  const bar = progress(
    screen,
    env,
    updatesOf(settings) * perUpdate,
    'steps',
    start.update * perUpdate,
  )
  try {
    for await (const [measured, state] of seen.stopped() ? [] : steps(start)) {
      const metrics = withEvaluation(measured, evaluate(state))
      at = { state, link: nextLink(at.link, metrics, state.learner, nodeSha256) }
      journal.add(encodeMetrics(metrics), at.link)
      events?.add(metrics, Date.now() / 1000)
      seen.add(metrics, state.envState.observation)
      const warnings = seen.warnings()
      if (warnings.length > warned) bar.clear()
      for (const warning of warnings.slice(warned))
        screen.warn(`warning: ${describeWarning(warning)}`)
      warned = warnings.length
      best.see(state)
      bar.update(metrics.steps, () => `${formatSeen(seen)}${note()}`)
      if (seen.stopped()) break
      const now = performance.now()
      const isTime = isDue(every, state.update - checked.update, (now - checked.at) / 1000)
      if (!isTime && now - flushed < BETWEEN_FLUSHES) continue
      failure = flush()
      if (failure === null && isTime) {
        const problem = keep()
        checked = { update: state.update, at: performance.now() }
        // Later ones may succeed, and the last one is always tried.
        if (problem !== null && !isLost)
          screen.say(`no checkpoint after update ${state.update}: ${problem}; the run continues`)
        isLost = problem !== null
      }
      // Lets a pending signal in: the loop itself never waits.
      await setImmediate()
      failure ??= watch.failure()
      if (watch.interrupted() || failure !== null) break
    }
  } catch (error) {
    // Code that waits for results from elsewhere learns of Ctrl-C through an error.
    if (!watch.interrupted()) {
      failure = messageOf(error)
      fault = faultOf(error)
    }
  }
  const unwritten = flush()
  if (unwritten !== null) {
    failure ??= unwritten
    at = settled
    if (E.isRight(expectHeld(lock))) tried(() => fromFile(journal.cut()))
  }
  const unsaved = best.finish()
  const unkept = kept === at.state.update ? null : keep()
  const unseen = events?.failure() ?? null
  failure ??=
    watch.failure() ?? unkept ?? unsaved ?? (unseen === null ? null : describeFileError(unseen))
  bar.stop()
  watch.stop()
  const seconds = (performance.now() - started) / 1000
  return {
    ...at,
    interrupted: watch.interrupted(),
    seconds,
    threads,
    transfers,
    failure,
    fault,
  }
}

/** Writes the final files of a run; returns the problem that prevented it, or null. */
const finished = ({ out, lock }: StartedRun, end: End): Problem | null =>
  tried(() =>
    fromFile(
      pipe(
        expectHeld(lock),
        E.flatMap(() => finishRun(out, end)),
      ),
    ),
  )

/** Says where the results of an aborted run are. */
const whereabouts = (
  { out, lock, config }: StartedRun,
  { state, link }: TrainResult,
  end: End,
): string => {
  if (E.isRight(expectHeld(lock))) return `what was learned before is in ${out}`
  const saved = fromFile(rescue(out, { config, state, link, written: end.written }))
  if (E.isLeft(saved)) return `what was learned could not be kept elsewhere: ${saved.left}`
  const { folder, goesOn } = saved.right
  return goesOn
    ? `what was learned before is in ${folder}: continue with --resume ${folder}`
    : `the parameters are in ${folder}`
}

/**
 * Trains a run to its end, and writes its last files whatever ends it.
 *
 * @returns the exit code
 */
export const trainLoop =
  (
    run: StartedRun,
    { backend, start }: Ready,
    options: TrainOptions,
    screen: Console,
  ): TE.TaskEither<Problem, number> =>
  async () => {
    const { config, out, lock } = run
    if (backend.transfers !== null) screen.say(describeTransfers(backend.transfers))
    const fewer = describeFewer(options.backend, backend.threads)
    if (fewer !== null) screen.say(fewer)
    const files = pipe(
      E.Do,
      E.bind('journal', () => fromFile(openJournal(out, run.past))),
      E.bind('guard', () => fromFile(guardRun(out, config, lock))),
      E.bind('events', () => eventsOf(run, options)),
      E.bind('best', () => keepBest(run, start, screen)),
    )
    if (E.isLeft(files)) return files
    const { journal, guard, events, best } = files.right
    const result = await loop(run, start, files.right, backend, options, screen)
    const { state, link, fault } = result
    const end: End = {
      learner: state.learner,
      updates: state.update,
      link,
      written: journal.written(),
      configHash: guard.configHash,
      best: best.sha256(),
    }
    const unfinished = finished(run, end)
    const unclosed = tried(() => fromFile(journal.close()))
    events?.close()
    const failure = result.failure ?? unfinished ?? unclosed
    if (failure !== null) {
      const problem = `${failure}; ${whereabouts(run, result, end)}`
      if (fault === null) return E.left(problem)
      screen.result(() => {
        const { cause: _, ...error } = fault
        return { error, run: out }
      })
      for (const line of problem.split('\n')) screen.warn(`proximal: ${line}`)
      return E.right(FAULTED)
    }
    printSummary(run, result, options, screen)
    return E.right(result.interrupted ? INTERRUPTED : 0)
  }

import * as E from 'fp-ts/lib/Either.js'
import { setImmediate } from 'node:timers/promises'
import { faultOf, type Fault } from '../algo/fault.ts'
import type { TrainState } from '../algo/learner.ts'
import { updatesOf } from '../algo/ppo/config.ts'
import type { Device } from '../kernel/gpu/device.ts'
import { saveCheckpoint } from '../io/checkpoints.ts'
import { beginningOf } from '../io/course.ts'
import { firstLink, nextLink } from '../io/hash.ts'
import { openJournal, type Journal } from '../io/journal.ts'
import { nodeSha256 } from '../io/nodeSha256.ts'
import { resume } from '../io/resume.ts'
import { stretchesAfter } from '../io/run.ts'
import { encodeMetrics } from '../io/metrics.ts'
import { finishRun } from '../io/runFolder.ts'
import { isDue } from './checkpointing.ts'
import { describeFewer } from './engine.ts'
import { describeTransfers } from './gpu.ts'
import { goingOf, type Going } from './learning.ts'
import { fromFile, messageOf, type Problem } from './problem.ts'
import type { Begun, Ended, How } from './running.ts'
import { shownReturn, sumUp } from './sumUp.ts'
import { progress, type Screen } from './show.ts'

/** Exit code of a run that was interrupted and kept: 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130

/** Milliseconds after which what was learned is written down, and a signal is looked for. */
const BETWEEN_FLUSHES = 20

/** Becomes true with the first Ctrl-C; the second one ends the process as usual. */
const watchInterrupt = () => {
  const watch = { interrupted: false, stop: () => process.removeListener('SIGINT', on) }
  const on = () => {
    watch.interrupted = true
  }
  process.once('SIGINT', on)
  return watch
}

/** The state to go on from. */
const startOf = (
  { config, from }: Begun,
  { partsOf }: Going,
): E.Either<Problem, TrainState<unknown>> => {
  if (from === null) return E.right(beginningOf(config, partsOf))
  return resume(partsOf(stretchesAfter(config, from.update)[0]!.ppo))(from)
}

/** What a write came to; one that throws is as one that fails. */
const tried = (write: () => E.Either<Problem, unknown>): Problem | null => {
  try {
    const result = write()
    return E.isLeft(result) ? result.left : null
  } catch (error) {
    return messageOf(error)
  }
}

/** A run after an update. */
interface Point {
  readonly state: TrainState<unknown>
  readonly link: string
}

/** Learns to the end, to an interrupt or to a failure; writes each update, and checkpoints. */
const learning = async (
  { config, out, from, returns }: Begun,
  start: TrainState<unknown>,
  journal: Journal,
  { steps, threads, transfers }: Going,
  { every }: How,
  show: Screen,
): Promise<Ended> => {
  const { ppo, env } = config
  const perUpdate = ppo.envs * ppo.steps
  let at: Point = { state: start, link: from?.link ?? firstLink(start.learner) }
  if (from === null) journal.add('', at.link)
  /** as far as the files tell of it */
  let settled = at
  let [failure, fault]: [Problem | null, Fault | null] = [null, null]
  let kept = from?.update ?? -1
  let flushed = performance.now()
  let checked = { update: start.update, at: flushed }
  let lost: Problem | null = null

  const flush = (): Problem | null => {
    flushed = performance.now()
    const problem = tried(() => fromFile(journal.flush()))
    if (problem === null) settled = at
    return problem
  }
  const keep = (): Problem | null => {
    const problem = tried(() =>
      fromFile(saveCheckpoint(out, config, at.state, at.link, journal.written())),
    )
    if (problem === null) kept = at.state.update
    return problem
  }

  const watch = watchInterrupt()
  const started = performance.now()
  const bar = progress(show, env, updatesOf(ppo) * perUpdate, 'steps', start.update * perUpdate)
  try {
    for await (const [metrics, state] of steps(start)) {
      at = { state, link: nextLink(at.link, metrics, state.learner, nodeSha256) }
      journal.add(encodeMetrics(metrics), at.link)
      for (const episode of metrics.episodes) returns.add(episode.return)
      bar.update(metrics.steps, () => shownReturn(returns))
      const now = performance.now()
      const isTime = isDue(every, state.update - checked.update, (now - checked.at) / 1000)
      if (!isTime && now - flushed < BETWEEN_FLUSHES) continue
      failure = flush()
      if (failure === null && isTime) {
        const problem = keep()
        checked = { update: state.update, at: performance.now() }
        // The next one may be whole, and the last one is tried whatever becomes of these.
        if (problem !== null && problem !== lost)
          show.say(`no checkpoint after update ${state.update}: ${problem}; the run goes on`)
        lost = problem
      }
      // Lets a pending signal in: the loop itself never waits.
      await setImmediate()
      if (watch.interrupted || failure !== null) break
    }
  } catch (error) {
    failure = messageOf(error)
    fault = faultOf(error)
  }
  const unwritten = flush()
  if (unwritten !== null) {
    failure ??= unwritten
    at = settled
    tried(() => fromFile(journal.cut()))
  }
  const unkept = kept === at.state.update ? null : keep()
  failure ??= unkept
  bar.stop()
  watch.stop()
  const seconds = (performance.now() - started) / 1000
  return {
    ...at,
    returns,
    interrupted: watch.interrupted,
    seconds,
    threads,
    transfers,
    failure,
    fault,
  }
}

/**
 * Learns what is before a run and makes its folder whole, whatever ends it; a device ends with it.
 *
 * @param device what learns; null: kernels do
 */
export const learn = async (
  run: Begun,
  how: How,
  device: Device | null,
  show: Screen,
): Promise<E.Either<Problem, number>> => {
  const { config, environment, out, from } = run
  const parts = await goingOf(config, environment, how.engine, device, from?.update ?? 0)
  try {
    if (parts.transfers !== null) show.say(describeTransfers(parts.transfers))
    const fewer = describeFewer(how.engine, parts.threads)
    if (fewer !== null) show.say(fewer)
    const start = startOf(run, parts)
    if (E.isLeft(start)) return E.left(`${out}: ${start.left}`)
    const journal = fromFile(openJournal(out, run.past))
    if (E.isLeft(journal)) return journal
    const ended = await learning(run, start.right, journal.right, parts, how, show)
    const { state, link, fault } = ended
    const end = {
      learner: state.learner,
      updates: state.update,
      link,
      written: journal.right.written(),
    }
    const unfinished = tried(() => fromFile(finishRun(out, end)))
    const unclosed = tried(() => fromFile(journal.right.close()))
    const failure = ended.failure ?? unfinished ?? unclosed
    if (unfinished !== null) return E.left(failure ?? unfinished)
    if (failure !== null) {
      if (how.json && fault !== null) {
        const { cause: _, ...error } = fault
        process.stdout.write(`${JSON.stringify({ error, run: out })}\n`)
      }
      return E.left(`${failure}; what was learned before is in ${out}`)
    }
    sumUp(run, ended, how, show)
    return E.right(ended.interrupted ? INTERRUPTED : 0)
  } finally {
    await parts.stop()
  }
}

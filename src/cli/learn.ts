import * as E from 'fp-ts/lib/Either.js'
import { setImmediate } from 'node:timers/promises'
import { faultOf, type Fault } from '../algo/fault.ts'
import type { TrainState } from '../algo/learner.ts'
import { updatesOf } from '../algo/ppo/config.ts'
import type { Device } from '../kernel/gpu/device.ts'
import { lineWritten, saveCheckpoint } from '../io/checkpoints.ts'
import { beginningOf } from '../io/course.ts'
import { firstLink, nextLink } from '../io/hash.ts'
import { nodeSha256 } from '../io/nodeSha256.ts'
import { resume } from '../io/resume.ts'
import { stretchesAfter } from '../io/run.ts'
import { encodeMetrics } from '../io/metrics.ts'
import { appendMetrics, finishRun } from '../io/runFolder.ts'
import { isDue } from './checkpointing.ts'
import { describeTransfers } from './gpu.ts'
import { goingOf, type Going } from './learning.ts'
import { fromFile, messageOf, type Problem } from './problem.ts'
import type { Begun, Ended, How } from './running.ts'
import { shownReturn, sumUp } from './sumUp.ts'
import { progress, type Screen } from './show.ts'

/** Exit code of a run that was interrupted and kept: 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130

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

/** Learns to the end, to an interrupt or to a failure; writes each update, and checkpoints. */
const learning = async (
  { config, out, from, past }: Begun,
  start: TrainState<unknown>,
  { steps, threads, transfers }: Going,
  { every }: How,
  show: Screen,
): Promise<Ended> => {
  const { ppo, env } = config
  const perUpdate = ppo.envs * ppo.steps
  let state = start
  let written = past.written
  const chain = [...(from?.chain ?? [firstLink(start.learner)])]
  const returns = past.metrics.flatMap(({ episodes }) => episodes.map((one) => one.return))
  let [failure, fault]: [Problem | null, Fault | null] = [null, null]
  let kept = { update: from?.update ?? -1, at: performance.now() }
  const keep = (): Problem | null => {
    const saved = fromFile(saveCheckpoint(out, config, state, chain, written))
    kept = { update: state.update, at: performance.now() }
    return E.isLeft(saved) ? saved.left : null
  }
  const watch = watchInterrupt()
  const started = performance.now()
  const bar = progress(show, env, updatesOf(ppo) * perUpdate, 'steps', start.update * perUpdate)
  try {
    for await (const [metrics, next] of steps(start)) {
      const line = encodeMetrics(metrics)
      const appended = fromFile(appendMetrics(out, line))
      if (E.isLeft(appended)) {
        failure = appended.left
        break
      }
      state = next
      written = lineWritten(written, line)
      chain.push(nextLink(chain.at(-1)!, metrics, next.learner, nodeSha256))
      returns.push(...metrics.episodes.map((episode) => episode.return))
      bar.update(metrics.steps, shownReturn(returns))
      if (
        isDue(every, state.update - Math.max(kept.update, 0), (performance.now() - kept.at) / 1000)
      )
        failure = keep()
      // Lets a pending signal in: the loop itself never waits.
      await setImmediate()
      if (watch.interrupted || failure !== null) break
    }
  } catch (error) {
    failure = messageOf(error)
    fault = faultOf(error)
  }
  if (kept.update !== state.update) failure ??= keep()
  bar.stop()
  watch.stop()
  const seconds = (performance.now() - started) / 1000
  return {
    state,
    chain,
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
    const start = startOf(run, parts)
    if (E.isLeft(start)) return E.left(`${out}: ${start.left}`)
    const ended = await learning(run, start.right, parts, how, show)
    const finished = fromFile(finishRun(out, ended.state.learner, ended.chain))
    const { failure, fault } = ended
    if (E.isLeft(finished)) return E.left(failure ?? finished.left)
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

import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { algorithms } from '../algo/algorithm.ts'
import { estimate } from '../algo/ppo/estimate/estimate.ts'
import type { Environment } from '../env/environment.ts'
import { expectMemory } from './budget.ts'
import { cores } from '../algo/thread/host.ts'
import { updatesOf } from '../algo/configFields.ts'
import type { Job } from '../sweep/plan.ts'
import type { JobResult, Results } from '../sweep/result.ts'
import { progress, type Console } from './console.ts'
import type { JobFolder } from './jobFolder.ts'
import type { JobOrder } from './jobOrder.ts'
import type { JobEnd, RunJobs } from './jobPool.ts'
import { messageOf, type Problem } from './problem.ts'
import { watchProcess } from './watchProcess.ts'

/** Exit code of a command that was interrupted: 128 + SIGINT, as shells have it. */
export const INTERRUPTED = 130

/** Looks for Ctrl-C after this many milliseconds. */
const APART = 50

/** The runs that have ended, by their keys, and whether Ctrl-C came first. */
export interface Made {
  readonly results: Results
  readonly interrupted: boolean
}

const stepsOf = ({ settings }: Job): number => updatesOf(settings) * settings.envs * settings.steps

/** Adds a result to the folder, unless another try may give another one. */
const keep = ({ add }: JobFolder, { job }: JobOrder, end: JobEnd): E.Either<Problem, void> =>
  end.isFinal ? add(job.key, end.result, end.seconds) : E.right(undefined)

/** Left if `workers` runs like this one do not fit into memory. */
export const expectMemoryForRuns = (
  { algorithm, settings }: Pick<Job, 'algorithm' | 'settings'>,
  env: Environment<unknown>,
  workers: number,
): E.Either<Problem, void> => {
  const { bytes, planBytes } = estimate(algorithms[algorithm].costsLike(settings), env, {
    updates: 1,
  })
  return expectMemory({ planBytes, bytes: bytes * workers })
}

export const workersOf = async (workers: number | null): Promise<number> => workers ?? cores()

/**
 * Makes the runs that the folder does not hold yet, and keeps each as soon as it has ended. A fault ends
 * one run only.
 *
 * @param orders all runs, those that the folder holds included
 * @param runJobs makes them: see `jobRunner`
 */
export const makeRuns =
  (
    folder: JobFolder,
    what: string,
    orders: readonly JobOrder[],
    runJobs: RunJobs,
    screen: Console,
  ): TE.TaskEither<Problem, Made> =>
  async () => {
    const results = new Map<string, JobResult>(folder.results.kept)
    const isDone = ({ job }: JobOrder): boolean => results.has(job.key)
    const steps = (some: readonly JobOrder[]): number =>
      some.reduce((sum, { job }) => sum + stepsOf(job), 0)
    const before = orders.filter(isDone)
    let done = before.length
    let doneSteps = steps(before)
    const running = new Map<string, number>()
    const bar = progress(screen, what, steps(orders), 'steps', doneSteps)
    const show = (): void => {
      const all = [...running.values()].reduce((sum, each) => sum + each, doneSteps)
      bar.update(all, () => `${done} of ${orders.length} runs`)
    }

    const failures: Problem[] = []
    const watch = watchProcess()
    const stop = new AbortController()
    const poll = setInterval(() => {
      const failure = watch.failure()
      if (failure !== null) failures.push(failure)
      if (watch.interrupted() || failures.length > 0) stop.abort()
    }, APART)
    try {
      await runJobs(
        orders.filter((order) => !isDone(order)),
        {
          onSteps: ({ job }, steps) => {
            running.set(job.key, steps)
            show()
          },
          onEnd: (order, end) => {
            const { job } = order
            running.delete(job.key)
            doneSteps += stepsOf(job)
            done += 1
            results.set(job.key, end.result)
            if (!end.isFinal && E.isLeft(end.result))
              screen.warn(`proximal: a run with seed ${job.seed} was lost: ${end.result.left}`)
            const kept = keep(folder, order, end)
            if (E.isLeft(kept)) {
              failures.push(kept.left)
              stop.abort()
            }
            show()
          },
        },
        stop.signal,
      )
    } catch (error) {
      if (!stop.signal.aborted) failures.push(messageOf(error))
    } finally {
      clearInterval(poll)
      watch.stop()
      bar.stop()
    }
    if (failures.length > 0) return E.left(`${failures[0]}; finished runs are in ${folder.out}`)
    return E.right({ results, interrupted: watch.interrupted() && done < orders.length })
  }

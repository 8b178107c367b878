/**
 * A process that makes runs, one after the other, for the process that started it: each message is a
 * `JobOrder`, answered with `JobMessage`s. A process for each core keeps a run that ends its process,
 * or takes all memory, from ending the others.
 */
import * as E from 'fp-ts/lib/Either.js'
import { setImmediate } from 'node:timers/promises'
import { runJob } from '../sweep/runJob.ts'
import type { Outcome } from '../sweep/result.ts'
import { environmentFor } from './environment.ts'
import type { JobMessage, JobOrder } from './jobOrder.ts'
import { messageOf, type Problem } from './problem.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { uncaught } from './watchProcess.ts'

/** Reports progress, and notices that nobody waits any more, after this many milliseconds. */
const APART = 200

const tell = (message: JobMessage): void => {
  process.send?.(message)
}

const environments = new Map<string, E.Either<Problem, RunEnvironment>>()

/** The environment of an argument, which is imported once. */
const environmentOf = async (argument: string): Promise<E.Either<Problem, RunEnvironment>> => {
  const found = environments.get(argument) ?? (await environmentFor(argument)())
  environments.set(argument, found)
  return found
}

const expectSame = (
  { env, module }: RunEnvironment,
  { job, argument }: JobOrder,
): E.Either<Problem, unknown> =>
  env.name === job.env.name && module?.sha256 === job.env.module?.sha256
    ? E.right(undefined)
    : E.left(`${argument}: has changed since the command began: restore the file`)

/** The values of a generator's steps, with pauses in which messages and signals come in. */
const outcomeOf = async (steps: Generator<number, Outcome, void>): Promise<Outcome> => {
  let last = performance.now()
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
    if (performance.now() - last < APART) continue
    last = performance.now()
    tell({ kind: 'steps', steps: value })
    await setImmediate()
  }
}

const make = async (order: JobOrder): Promise<JobMessage> => {
  const { job, argument, kernels } = order
  const environment = await environmentOf(argument)
  if (E.isLeft(environment)) return { kind: 'lost', message: environment.left }
  const same = expectSame(environment.right, order)
  if (E.isLeft(same)) return { kind: 'lost', message: same.left }
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  try {
    const outcome = await outcomeOf(runJob(environment.right.env, job, kernels))
    return { kind: 'outcome', outcome, seconds: seconds() }
  } catch (error) {
    return { kind: 'fault', message: messageOf(error), seconds: seconds() }
  }
}

process.on('uncaughtException', (error: unknown) => {
  process.send?.({ kind: 'lost', message: uncaught(error) } satisfies JobMessage, () =>
    process.exit(1),
  )
})
// A terminal sends Ctrl-C to all processes; the one that waits for the results ends the others.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit())
process.on('message', (order: JobOrder) => {
  void make(order).then(tell)
})

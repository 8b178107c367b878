/** Makes runs side by side, in a process for each worker. */
import * as E from 'fp-ts/lib/Either.js'
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Outcome } from '../sweep/result.ts'
import type { JobMessage, JobOrder } from './jobOrder.ts'

/** How a run ended. */
export interface JobEnd {
  /** Left: the fault that ended it */
  readonly result: E.Either<string, Outcome>
  readonly seconds: number
  /** whether the run would end the same way again; one whose process was killed may not */
  readonly isFinal: boolean
}

/** Makes runs, and tells how each has ended, until all have or `signal` is aborted. */
export type RunJobs = (
  orders: readonly JobOrder[],
  listener: JobListener,
  signal: AbortSignal,
) => Promise<void>

/** What is called while runs are made. */
export interface JobListener {
  readonly onSteps: (order: JobOrder, steps: number) => void
  readonly onEnd: (order: JobOrder, end: JobEnd) => void
}

const JOB_PROCESS = fileURLToPath(new URL('./jobProcess.js', import.meta.url))

// What a user's module prints goes to stderr: stdout is for the result.
const start = (): ChildProcess => fork(JOB_PROCESS, [], { stdio: ['ignore', 2, 2, 'ipc'] })

const lost = (message: string): JobEnd => ({ result: E.left(message), seconds: 0, isFinal: false })

const endOf = (message: Exclude<JobMessage, { kind: 'steps' }>): JobEnd => {
  if (message.kind === 'lost') return lost(message.message)
  const { seconds } = message
  return message.kind === 'fault'
    ? { result: E.left(message.message), seconds, isFinal: true }
    : { result: E.right(message.outcome), seconds, isFinal: true }
}

const isAlive = ({ exitCode, signalCode, connected }: ChildProcess): boolean =>
  exitCode === null && signalCode === null && connected

/** Sends a run to a process, and waits for its end or for that of the process. */
const made = (
  child: ChildProcess,
  order: JobOrder,
  onSteps: JobListener['onSteps'],
): Promise<JobEnd> =>
  new Promise((resolve) => {
    const onExit = (code: number | null, signal: string | null): void =>
      end(
        lost(
          `its process ended with ${signal ?? `exit code ${code}`}: run the command again to retry`,
        ),
      )
    const onError = (error: Error): void => end(lost(error.message))
    const onMessage = (message: JobMessage): void => {
      if (message.kind === 'steps') onSteps(order, message.steps)
      else end(endOf(message))
    }
    const end = (how: JobEnd): void => {
      child.off('exit', onExit)
      child.off('error', onError)
      child.off('message', onMessage)
      resolve(how)
    }
    child.on('exit', onExit)
    child.on('error', onError)
    child.on('message', onMessage)
    child.send(order, (error) => {
      if (error !== null) onError(error)
    })
  })

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

/**
 * Makes all runs, `workers` at a time, in the given order. A process that ends takes its run with it
 * and is replaced. Returns when all runs have ended; or, after `signal` is aborted, when all processes
 * have, and their runs are forgotten.
 */
export const runHere =
  (workers: number): RunJobs =>
  async (orders, { onSteps, onEnd }, signal) => {
    const waiting = [...orders]
    const children = new Set<ChildProcess>()
    const killAll = (): void => {
      for (const child of children) child.kill('SIGKILL')
    }
    signal.addEventListener('abort', killAll)
    const isStopped = (): boolean => signal.aborted
    const work = async (): Promise<void> => {
      let child: ChildProcess | null = null
      for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) {
        if (isStopped()) break
        if (child === null || !isAlive(child)) {
          child = start()
          children.add(child)
        }
        const end = await made(child, order, onSteps)
        if (isStopped()) break
        onEnd(order, end)
      }
      if (child !== null) child.kill('SIGKILL')
    }
    try {
      await Promise.all(Array.from({ length: Math.min(workers, orders.length) }, work))
    } finally {
      signal.removeEventListener('abort', killAll)
      killAll()
      await Promise.all([...children].map(ended))
    }
  }

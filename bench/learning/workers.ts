/** Runs of training side by side in worker threads, with a line every ten seconds on how far they are. */
import { availableParallelism } from 'node:os'
import { parentPort, Worker } from 'node:worker_threads'
import { clock, grouped } from '../../src/cli/console.ts'

export interface Job {
  /** what a line of progress calls it */
  readonly name: string
  readonly totalSteps: number
}

/** How far a run is. */
export interface Told {
  readonly steps: number
  /** mean return of late; NaN before the first episode */
  readonly last: number
  /** how many episodes of how many have been evaluated, once it has learned */
  readonly evaluated?: string
  /** what it does, where that is not told by a return */
  readonly phase?: string
}

type Message<R> =
  { readonly kind: 'told'; readonly told: Told } | { readonly kind: 'result'; readonly result: R }

const SECONDS_BETWEEN_LINES = 10

/** What a worker does with its job. Says how far it is once a second, however often it is told. */
export const serve = <J>(job: J, train: (job: J, tell: (told: Told) => void) => unknown): void => {
  let said = performance.now()
  const post = (message: Message<unknown>): void => parentPort?.postMessage(message)
  const result = train(job, (told) => {
    if (performance.now() - said < 1000) return
    said = performance.now()
    post({ kind: 'told', told })
  })
  post({ kind: 'result', result })
}

const inWorker = <R>(script: URL, job: Job, tell: (told: Told) => void): Promise<R> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: job })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`worker: expected a result, got exit ${code}`)))
    worker.on('message', (message: Message<R>) => {
      if (message.kind === 'told') tell(message.told)
      else resolve(message.result)
    })
  })

const described = ({ steps, last, evaluated, phase: own }: Told): string => {
  if (own !== undefined) return own
  const found = Number.isNaN(last) ? 'no episode yet' : `return ${last.toFixed(1)}`
  const phase = evaluated === undefined ? '' : `, evaluated ${evaluated}`
  return `${grouped(steps)} steps, ${found}${phase}`
}

/**
 * All jobs, each in a worker that runs `script`; results in the jobs' order.
 *
 * @param ended is called with a job's place and its result as soon as it is there
 * @param most jobs at a time; one a core unless said otherwise
 */
export const inWorkers = async <R>(
  script: URL,
  jobs: readonly Job[],
  ended: (place: number, result: R) => void = () => {},
  most = availableParallelism(),
): Promise<readonly R[]> => {
  const all = jobs.reduce((sum, { totalSteps }) => sum + totalSteps, 0)
  const steps = jobs.map(() => 0)
  const results = new Map<number, R>()
  const running = new Map<number, string>()
  const started = performance.now()
  let shown = 0
  const say = (): void => {
    const seconds = (performance.now() - started) / 1000
    if (results.size < jobs.length && seconds - shown < SECONDS_BETWEEN_LINES) return
    shown = seconds
    const done = steps.reduce((a, b) => a + b, 0) / all
    const percent = `${(100 * done).toFixed(0).padStart(3)} %`
    const left = `${clock((seconds / done) * (1 - done))} left`
    const runs = `${results.size} of ${jobs.length} runs`
    console.log([percent, runs, left, ...running.values()].join('  '))
  }
  const waiting = [...jobs.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, job] = next
      const result = await inWorker<R>(script, job, (told) => {
        steps[place] = told.steps
        running.set(place, `[${job.name}: ${described(told)}]`)
        say()
      })
      steps[place] = job.totalSteps
      results.set(place, result)
      ended(place, result)
      running.delete(place)
      say()
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, jobs.length) }, work))
  return jobs.map((_, place) => results.get(place)!)
}

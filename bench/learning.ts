/**
 * What training reaches: mean return over the last 100 episodes of each of several seeds, and
 * their mean and standard deviation:
 * `npm run bench:learning -- [--preset cleanrl] [--steps N] [--seeds 10] [--first 1]`.
 *
 * Seeds run side by side, one a core. Seeds from 1 on are for reporting; whoever tunes a preset
 * uses `--first 1001`, so that no reported seed was looked at.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { env, ppo, random } from '../src/index.ts'
import { meanStd } from '../src/cli/show.ts'

interface Job {
  readonly seed: number
  readonly preset: ppo.PresetName
  readonly totalSteps: number
}

interface Message {
  readonly steps: number
  readonly last: number
  readonly done: boolean
}

const train = ({ seed, preset, totalSteps }: Job, tell: (message: Message) => void): void => {
  const config = { ...ppo.preset(preset), totalSteps }
  const parts = ppo.parts(config, env.cartPole)
  let returns: number[] = []
  let message = { steps: 0, last: NaN, done: false }
  for (const [metrics] of ppo.train(config, parts)(ppo.init(parts)(random.key(seed)))) {
    returns = [...returns, ...metrics.episodes.map((episode) => episode.return)].slice(-100)
    message = { steps: metrics.steps, last: meanStd(returns).mean, done: false }
    if (metrics.update % 20 === 0) tell(message)
  }
  tell({ ...message, done: true })
}

const inWorker = (job: Job, tell: (message: Message) => void): Promise<Message> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: job })
    worker.on('error', reject)
    worker.on('message', (message: Message) => {
      tell(message)
      if (message.done) resolve(message)
    })
  })

const PUBLISHED = 'CleanRL, 3 seeds, as published: 490.0 ± 6.1'

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      preset: { type: 'string', default: 'cleanrl' },
      steps: { type: 'string' },
      seeds: { type: 'string', default: '10' },
      first: { type: 'string', default: '1' },
    },
  })
  const preset = values.preset as ppo.PresetName
  const totalSteps = Number(values.steps ?? ppo.preset(preset).totalSteps)
  const jobs = Array.from({ length: Number(values.seeds) }, (_, i): Job => ({
    seed: Number(values.first) + i,
    preset,
    totalSteps,
  }))
  const steps = new Map<number, number>()
  const results: Array<readonly [number, number]> = []
  const waiting = [...jobs]
  const started = performance.now()
  let shown = 0
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { seed } = job
      const { last } = await inWorker(job, (message) => {
        steps.set(seed, message.steps)
        const done = [...steps.values()].reduce((a, b) => a + b, 0) / (jobs.length * totalSteps)
        const seconds = (performance.now() - started) / 1000
        if (!message.done && seconds - shown < 10) return
        shown = seconds
        console.log(
          `${(100 * done).toFixed(0).padStart(3)} %  seed ${seed}  ${message.steps} steps  return ${message.last.toFixed(1)}  ${((seconds / done) * (1 - done)).toFixed(0)} s left`,
        )
      })
      results.push([seed, last])
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, work))
  console.log(
    `\nCartPole-v1, preset ${preset}, ${totalSteps} steps, return of the last 100 episodes`,
  )
  for (const [seed, last] of results.toSorted((a, b) => a[0] - b[0]))
    console.log(`seed ${String(seed).padEnd(6)} ${last.toFixed(1).padStart(6)}`)
  const { mean, std } = meanStd(results.map(([, last]) => last))
  console.log(`mean ± std  ${mean.toFixed(1)} ± ${std.toFixed(1)} over ${results.length} seeds`)
  if (preset === 'cleanrl') console.log(PUBLISHED)
}

if (isMainThread) await main()
else train(workerData as Job, (message) => parentPort?.postMessage(message))

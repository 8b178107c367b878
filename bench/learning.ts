/**
 * What training reaches: mean return over the last 100 episodes of each of several seeds, and
 * their mean and standard deviation:
 * `npm run bench:learning -- [--preset cleanrl] [--steps N] [--seeds 10] [--first 1]`.
 *
 * Seeds run side by side, one a core. Seeds from 1 on are for reporting; whoever tunes a preset
 * uses `--first 1001`, so that no reported seed was looked at.
 */
import { parseArgs } from 'node:util'
import { isMainThread, workerData } from 'node:worker_threads'
import { env, ppo, random, rl } from '../src/index.ts'
import { wholeNumber } from './learning/options.ts'
import { inWorkers, serve, type Job, type Told } from './learning/workers.ts'

interface SeedJob extends Job {
  readonly seed: number
  readonly preset: ppo.PresetName
}

/** Mean return of the last 100 episodes. */
const train = ({ seed, preset, totalSteps }: SeedJob, tell: (told: Told) => void): number => {
  const config = { ...ppo.preset(preset), totalSteps }
  const parts = ppo.parts(config, env.cartPole)
  let returns: number[] = []
  for (const [metrics] of ppo.train(config, parts)(ppo.init(parts)(random.key(seed)))) {
    returns = [...returns, ...metrics.episodes.map((episode) => episode.return)].slice(-100)
    tell({ steps: metrics.steps, last: rl.meanStd(returns).mean })
  }
  return rl.meanStd(returns).mean
}

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
  const presetSteps = ppo.preset(preset).totalSteps
  const totalSteps = wholeNumber('steps', values.steps ?? String(presetSteps), 1)
  const first = wholeNumber('first', values.first, 0)
  const jobs = Array.from({ length: wholeNumber('seeds', values.seeds, 1) }, (_, i): SeedJob => {
    const seed = first + i
    return { name: `seed ${seed}`, seed, preset, totalSteps }
  })
  const results = await inWorkers<number>(new URL(import.meta.url), jobs)
  console.log(
    `\nCartPole-v1, preset ${preset}, ${totalSteps} steps, return of the last 100 episodes`,
  )
  for (const [i, { seed }] of jobs.entries())
    console.log(`seed ${String(seed).padEnd(6)} ${results[i]!.toFixed(1).padStart(6)}`)
  const { mean, std } = rl.meanStd(results)
  console.log(`mean ± std  ${mean.toFixed(1)} ± ${std.toFixed(1)} over ${results.length} seeds`)
  if (preset === 'cleanrl') console.log(PUBLISHED)
}

if (isMainThread) await main()
else serve(workerData as SeedJob, train)

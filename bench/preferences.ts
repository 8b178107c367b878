/**
 * What is learned from preferences alone, a row each, beside controls:
 * `npm run bench:preferences -- [--rows pendulum,pendulum-wrong|all] [--seeds 5] [--tuning]
 * [--episodes 100] [--workers 1] [--kept FILE] [--json FILE] [--kept-only]`.
 *
 * A synthetic labeller compares clips. `no labels` is the same loop without any: PPO on the predictions of
 * networks that were fitted to nothing. `by reward`, where the policy has been trained before, is as many
 * steps more on the environment's own reward. All are measured by their most probable actions. Seeds
 * follow from the hash of what is reported; `--tuning` takes seeds 1, 2, … instead, which are never
 * reported. Seeds that have ended are kept in a file, so that a measurement goes on where it was
 * stopped; `--kept-only` runs nothing.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isMainThread, workerData } from 'node:worker_threads'
import { notOneOf } from '../src/cli/problem.ts'
import { PROTOCOL, hashOf, reportedSeeds, tuningSeeds } from '../src/sweep/protocol.ts'
import { keep, keptOf } from './learning/kept.ts'
import { wholeNumber } from './learning/options.ts'
import { inWorkers, serve, type Job } from './learning/workers.ts'
import { runSeed, stepsOf, type PreferenceRun } from './preferences/run.ts'
import { flappyBirdLower, pendulumTasks } from './preferences/tasks.ts'
import { markdown, seedsOf, type Result } from './preferences/table.ts'

interface SeedJob extends Job {
  readonly task: string
  readonly seed: number
  readonly episodes: number
}

const rows = [...pendulumTasks, flappyBirdLower]

const rowNamed = (name: string) => {
  const row = rows.find((each) => each.name === name)
  if (row === undefined)
    throw new RangeError(notOneOf('--rows', name, ['all', ...rows.map((each) => each.name)]))
  return row
}

/** What a row reports; its hash decides on its seeds. */
const reported = (
  { name, env, ppo, preferences, before, wrong, score, measure, longest }: (typeof rows)[number],
  episodes: number,
) => ({
  protocol: PROTOCOL,
  name,
  env: env.name,
  ppo,
  preferences,
  before,
  wrong,
  score: score.name,
  measure: measure.unit,
  longest,
  episodes,
})

const run = ({ task, seed, episodes }: SeedJob, tell: Parameters<typeof runSeed>[3]) => {
  const row = pendulumTasks.find(({ name }) => name === task)
  return row === undefined
    ? runSeed(flappyBirdLower, seed, episodes, tell)
    : runSeed(row, seed, episodes, tell)
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: 'all' },
      seeds: { type: 'string', default: '5' },
      tuning: { type: 'boolean', default: false },
      episodes: { type: 'string', default: '100' },
      workers: { type: 'string', default: '1' },
      kept: { type: 'string', default: '.build/preferences.jsonl' },
      json: { type: 'string' },
      'kept-only': { type: 'boolean', default: false },
    },
  })
  const episodes = wholeNumber('episodes', values.episodes, 1)
  const count = wholeNumber('seeds', values.seeds, 1)
  const asked = values.rows === 'all' ? rows : values.rows.split(',').map(rowNamed)
  const orders = asked.map((task) => {
    const hash = hashOf(reported(task, episodes))
    const seeds = values.tuning ? tuningSeeds(count) : reportedSeeds(hash, count)
    const kept = keptOf(values.kept, hash) as readonly PreferenceRun[]
    return { task, hash, seeds, done: new Map(kept.map((one) => [one.seed, one])) }
  })
  // A seed of each row first, then the next.
  const jobs = Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    orders.flatMap(({ task, hash, seeds, done }) => {
      const seed = seeds[i]!
      const name = `${task.name} seed ${seed}`
      const totalSteps = stepsOf(task)
      return done.has(seed) ? [] : [{ name, task: task.name, hash, seed, totalSteps, episodes }]
    }),
  )
  if (!values['kept-only'])
    await inWorkers<PreferenceRun>(
      new URL(import.meta.url),
      jobs,
      (place, ended) => {
        const { hash } = jobs[place]!
        keep(values.kept, hash, ended)
        orders.find((order) => order.hash === hash)!.done.set(ended.seed, ended)
      },
      wholeNumber('workers', values.workers, 1),
    )
  const results = orders
    .map(({ task, hash, seeds, done }): Result => {
      const runs = seeds.flatMap((seed) => done.get(seed) ?? [])
      return { task, hash, runs, planned: seeds.length }
    })
    .filter(({ runs }) => runs.length > 0)
  if (results.length === 0) throw new Error('--kept: expected runs of these rows, found none')
  for (const result of results) console.log(`${seedsOf(result)}\n`)
  console.log(markdown(results))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results)}\n`)
}

if (isMainThread) await main()
else serve(workerData as SeedJob, run)

/**
 * What each preset learns, a row of the table of results each:
 * `npm run bench:learning -- [--rows cartpole,a2c-pendulum|all] [--seeds N] [--tuning]
 * [--preset NAME] [--steps N] [--set key=value …] [--episodes 100] [--kept FILE] [--json FILE]
 * [--svg FILE] [--guide] [--kept-only]`.
 *
 * Each seed learns by the row's own preset, unless another is given, and then plays by its most
 * probable actions. The seeds follow from the hash of what is reported: nobody can choose them.
 * `--tuning` takes seeds 1, 2, … instead, which are never reported. Runs that have ended are kept in
 * a file, so that a measurement goes on where it was stopped. `--guide` writes the table into
 * src/guide/results.md. `--kept-only` trains nothing, and reports the first seeds of each row that have ended.
 * Seeds run side by side, one a core.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isMainThread, workerData } from 'node:worker_threads'
import { environmentOf } from '../src/env/environments.ts'
import { frozenLakeTable } from '../src/env/frozenLake.ts'
import { curve } from './learning/curve.ts'
import { keep, keptRuns } from './learning/kept.ts'
import { learnerOf, type State } from './learning/learners.ts'
import { wholeNumber } from './learning/options.ts'
import { rowsAsked, type RowOrder } from './learning/order.ts'
import { reportedSeeds, rowHash, tuningSeeds } from '../src/sweep/protocol.ts'
import { run, type Order, type SeedRun } from './learning/run.ts'
import { bestSuccess, successOf } from './learning/success.ts'
import { legend, markdown, seedsOf, type Result } from './learning/table.ts'
import { inWorkers, serve, type Job, type Told } from './learning/workers.ts'
import { linePlot, sideBySide } from './plot.ts'

type SeedJob = Job & Order & RowOrder & { readonly hash: string }

/** Steps of an episode on the 4 × 4 map. */
const HORIZON = 100

const train = ({ row, settings, ...order }: SeedJob, tell: (told: Told) => void): SeedRun => {
  const learner = learnerOf(row.algorithm, settings, environmentOf(row.env))
  let success: SeedRun['success'] = null
  const ended = (state: State): void => {
    if (row.goal.of !== 'success') return
    const table = frozenLakeTable()
    const act = learner.actor(state)
    const policy = table.map((_, cell) =>
      Number(act(table.map((__, other) => Number(other === cell)))),
    )
    success = {
      reached: successOf(table, 0, HORIZON, policy),
      best: bestSuccess(table, 0, HORIZON),
    }
  }
  return { ...run(learner, order, tell, ended), success }
}

const plot = ({ row: { title }, runs }: Result): string =>
  linePlot({
    title,
    x: 'environment steps',
    y: 'return',
    series: [{ name: title, points: curve(runs) }],
  })

const [BEGIN, END] = ['<!-- learning: begin -->', '<!-- learning: end -->']

const PAGE = 'src/guide/results.md'

/** Puts the table into the guide's page of results, between its two marks. */
const writePage = (text: string): void => {
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`${PAGE}: expected ${BEGIN} … ${END}, found none`)
  writeFileSync(PAGE, `${page.slice(0, from + BEGIN.length)}\n\n${text}\n\n${page.slice(to)}`)
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: 'cartpole' },
      seeds: { type: 'string' },
      tuning: { type: 'boolean', default: false },
      preset: { type: 'string' },
      steps: { type: 'string' },
      set: { type: 'string', multiple: true },
      episodes: { type: 'string', default: '100' },
      kept: { type: 'string', default: '.build/learning.jsonl' },
      json: { type: 'string' },
      svg: { type: 'string' },
      guide: { type: 'boolean', default: false },
      'kept-only': { type: 'boolean', default: false },
    },
  })
  const episodes = wholeNumber('episodes', values.episodes, 1)
  const orders = rowsAsked(values).map(({ row, settings }) => {
    const { env, algorithm } = row
    const hash = rowHash({ env, algorithm, settings, episodes })
    const count = values.seeds === undefined ? row.seeds : wholeNumber('seeds', values.seeds, 1)
    const seeds = values.tuning ? tuningSeeds(count) : reportedSeeds(hash, count)
    return { row, settings, hash, seeds, done: new Map(keptRuns(values.kept, hash)) }
  })
  const jobs = orders.flatMap(({ row, settings, hash, seeds, done }) =>
    seeds
      .filter((seed) => !done.has(seed))
      .map((seed): SeedJob => {
        const name = `${row.name} seed ${seed}`
        const { totalSteps } = settings
        const { threshold, selection } = row
        return { name, row, settings, hash, seed, totalSteps, episodes, threshold, selection }
      }),
  )
  if (!values['kept-only'])
    await inWorkers<SeedRun>(new URL(import.meta.url), jobs, (place, ended) => {
      const { hash } = jobs[place]!
      keep(values.kept, hash, ended)
      orders.find((order) => order.hash === hash)!.done.set(ended.seed, ended)
    })
  const results = orders
    .map(({ row, hash, seeds, done }): Result => {
      const missing = seeds.findIndex((seed) => !done.has(seed))
      const first = missing < 0 ? seeds : seeds.slice(0, missing)
      const runs = first.map((seed) => done.get(seed)!)
      return { row, hash, runs, planned: seeds.length }
    })
    .filter(({ runs }) => runs.length > 0)
  if (results.length === 0) throw new Error(`--kept: expected runs of these rows, found none`)
  for (const result of results) console.log(`\n${seedsOf(result)}\n`)
  const text = `${markdown(results)}\n\n${legend(results[0]!, new Date().toISOString().slice(0, 10))}`
  console.log(text)
  if (values.guide) writePage(text)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results)}\n`)
  if (values.svg !== undefined) writeFileSync(values.svg, sideBySide(results.map(plot), 2))
}

if (isMainThread) await main()
else serve(workerData as SeedJob, train)

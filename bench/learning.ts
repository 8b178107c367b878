/**
 * What PPO learns, a row of the table of results a world:
 * `npm run bench:learning -- [--world cartpole,acrobot|all] [--preset NAME] [--steps N]
 * [--set key=value …] [--seeds 10] [--first 1] [--episodes 100] [--json file] [--svg file]`.
 *
 * Each seed learns by the world's own preset, unless another is given, and then plays by its most
 * probable actions. `--svg` draws the learning curves. Seeds run side by side, one a core. Seeds from
 * 1 on are for reporting; whoever tunes a preset uses `--first 1001`, so that no reported seed was
 * looked at.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isMainThread, workerData } from 'node:worker_threads'
import { environmentOf } from '../src/env/environments.ts'
import { curve } from './learning/curve.ts'
import { ppoLearner } from './learning/learners.ts'
import { wholeNumber } from './learning/options.ts'
import { rowsAsked, type RowOrder } from './learning/order.ts'
import { run, type Order, type Run } from './learning/run.ts'
import { legend, markdown, seedsOf, type Result } from './learning/table.ts'
import { inWorkers, serve, type Job, type Told } from './learning/workers.ts'
import { linePlot, sideBySide } from './plot.ts'

type SeedJob = Job & Order & Pick<RowOrder, 'world' | 'config'>

const train = ({ world, config, ...order }: SeedJob, tell: (told: Told) => void): Run =>
  run(ppoLearner(config, environmentOf(world)), order, tell)

const plot = ({ row: { title, world }, preset, runs }: Result): string =>
  linePlot({
    title: preset === world ? title : `${title}, ${preset}`,
    x: 'environment steps',
    y: 'return',
    series: [{ name: 'PPO', points: curve(runs) }],
  })

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      world: { type: 'string', default: 'cartpole' },
      preset: { type: 'string' },
      steps: { type: 'string' },
      set: { type: 'string', multiple: true },
      seeds: { type: 'string', default: '10' },
      first: { type: 'string', default: '1' },
      episodes: { type: 'string', default: '100' },
      json: { type: 'string' },
      svg: { type: 'string' },
    },
  })
  const first = wholeNumber('first', values.first, 0)
  const seeds = Array.from({ length: wholeNumber('seeds', values.seeds, 1) }, (_, i) => first + i)
  const episodes = wholeNumber('episodes', values.episodes, 1)
  const results: Result[] = []
  for (const { row, world, preset, config } of rowsAsked(values)) {
    const { totalSteps } = config
    const jobs = seeds.map((seed): SeedJob => {
      const name = `${world} seed ${seed}`
      return { name, world, config, seed, totalSteps, episodes }
    })
    const runs = await inWorkers<Run>(new URL(import.meta.url), jobs)
    const result = { row, preset, runs }
    console.log(`\n${seedsOf(result)}\n`)
    results.push(result)
  }
  console.log(`${markdown(results)}\n\n${legend(results[0]!)}`)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results)}\n`)
  if (values.svg !== undefined) writeFileSync(values.svg, sideBySide(results.map(plot), 2))
}

if (isMainThread) await main()
else serve(workerData as SeedJob, train)

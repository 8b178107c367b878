/**
 * Over-optimisation of a reward model (Gao et al. 2022, arXiv:2210.10760):
 * `npm run bench:overoptimisation -- [--seeds 5] [--tuning] [--kept FILE] [--json FILE] [--svg FILE]`.
 *
 * A language model of names is fine-tuned, reward models learn from noisy comparisons by a hidden gold
 * score, and PPO raises each. The table shows what the reward model says (proxy) and what is true
 * (gold), beside the exact KL. Seeds follow from the hash of all settings; `--tuning` takes seeds 1, 2, …
 * instead, which are never reported. Seeds that have ended are kept in a file. They run side by side, one a core.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isMainThread, workerData } from 'node:worker_threads'
import { firstNames, type FirstNames } from '../src/rlhf/corpora/names.ts'
import { tuningSeeds } from '../src/sweep/protocol.ts'
import { keep, keptOf } from './learning/kept.ts'
import { wholeNumber } from './learning/options.ts'
import { inWorkers, serve, type Job } from './learning/workers.ts'
import { experiment, type ArmResult, type SeedResult } from './overoptimisation/experiment.ts'
import { right } from './overoptimisation/right.ts'
import { experimentHash, protocolSeeds, settings } from './overoptimisation/settings.ts'
import { report } from './overoptimisation/table.ts'
import { linePlot, sideBySide } from './plot.ts'

interface SeedJob extends Job {
  readonly seed: number
  readonly names: FirstNames
}

/** Arms that differ in the reward's price alone; more lines could not be told apart. */
const isDrawn = ({ arm: { pairs, width } }: ArmResult): boolean =>
  pairs === null || (pairs === 1000 && width === 128)

/** Gold and proxy against √KL, of one seed. */
const plot = ({ seed, arms }: SeedResult): string =>
  sideBySide(
    (['gold', 'proxy'] as const).map((score) =>
      linePlot({
        title: `seed ${seed}: ${score} score`,
        x: '√KL, nats',
        y: 'standard deviations of the reference',
        series: arms.filter(isDrawn).map(({ arm, curve }) => ({
          name: arm.name,
          points: curve.map((each) => ({ x: Math.sqrt(each.kl), y: each[score] })),
        })),
      }),
    ),
  )

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '5' },
      tuning: { type: 'boolean', default: false },
      kept: { type: 'string', default: '.build/overoptimisation.jsonl' },
      json: { type: 'string' },
      svg: { type: 'string' },
    },
  })
  const count = wholeNumber('seeds', values.seeds, 1)
  const seeds = values.tuning ? tuningSeeds(count) : protocolSeeds(count)
  const kept = keptOf(values.kept, experimentHash) as readonly SeedResult[]
  const done = new Map(kept.map((result) => [result.seed, result]))
  const names = right(await firstNames())
  const totalSteps = settings.arms.length * settings.updates
  const jobs = seeds
    .filter((seed) => !done.has(seed))
    .map((seed): SeedJob => ({ name: `seed ${seed}`, totalSteps, seed, names }))
  await inWorkers<SeedResult>(new URL(import.meta.url), jobs, (_, result) => {
    keep(values.kept, experimentHash, result)
    done.set(result.seed, result)
  })
  const results = seeds.map((seed) => done.get(seed)!)
  console.log(`\n${values.tuning ? 'Tuning seeds: not for reporting.\n' : ''}${report(results)}`)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results)}\n`)
  if (values.svg !== undefined) writeFileSync(values.svg, plot(results[0]!))
}

if (isMainThread) await main()
else
  serve(workerData as SeedJob, ({ names, seed }, tell) =>
    experiment(names, seed, (phase, steps) => tell({ steps, last: NaN, phase })),
  )

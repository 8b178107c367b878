/**
 * The family beside each other: the vanilla policy gradient, A2C, TRPO, and PPO by each of its
 * objectives, the two that it is warned of included, on CartPole and on Pendulum:
 * `npm run bench:family -- [--task cartpole|pendulum] [--only trpo,ppo] [--seeds 10] [--first 1]
 * [--steps N] [--json file.json] [--svg file.svg]`.
 *
 * `--only ppo` means all of PPO's. `--svg curves.svg` writes curves-cartpole.svg and
 * curves-pendulum.svg. Seeds run side by side, one a core. Seeds from 1 on are for reporting;
 * presets are tuned on seeds from 1001 on.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isMainThread, workerData } from 'node:worker_threads'
import { curvesOf, tableOf } from './family/report.ts'
import { isTaskName, tasks, type TaskName } from './family/tasks.ts'
import { train, type Outcome, type SeedJob } from './family/train.ts'
import { wholeNumber } from './learning/options.ts'
import { inWorkers, serve } from './learning/workers.ts'

const { values } = parseArgs({
  options: {
    task: { type: 'string' },
    only: { type: 'string' },
    seeds: { type: 'string', default: '10' },
    first: { type: 'string', default: '1' },
    steps: { type: 'string' },
    json: { type: 'string' },
    svg: { type: 'string' },
  },
})

const tasksAsked = (): readonly TaskName[] => {
  const names = values.task === undefined ? Object.keys(tasks) : [values.task]
  const known = names.filter(isTaskName)
  if (known.length < names.length)
    throw new RangeError(
      `--task: expected one of ${Object.keys(tasks).join(', ')}, got ${values.task}`,
    )
  return known
}

const isAsked = (contestant: string): boolean =>
  values.only === undefined ||
  values.only.split(',').some((name) => contestant === name || contestant.startsWith(`${name}-`))

/** Every contestant's first seed, then every contestant's second: what is left is like what is done. */
const jobs = (): readonly SeedJob[] => {
  const first = wholeNumber('first', values.first, 0)
  const seeds = Array.from({ length: wholeNumber('seeds', values.seeds, 1) }, (_, i) => first + i)
  const steps = values.steps === undefined ? null : wholeNumber('steps', values.steps, 1)
  const all = seeds.flatMap((seed) =>
    tasksAsked().flatMap((task) =>
      [...tasks[task].contestants]
        .filter(([contestant]) => isAsked(contestant))
        .map(([contestant, { totalSteps }]) => ({
          name: `${task} ${contestant} seed ${seed}`,
          task,
          contestant,
          seed,
          totalSteps: steps ?? totalSteps,
        })),
    ),
  )
  if (all.length === 0)
    throw new RangeError(
      `--only: expected some of ${[...tasks.cartpole.contestants.keys()].join(', ')}, got ${values.only}`,
    )
  return all
}

const main = async (): Promise<void> => {
  const outcomes = await inWorkers<Outcome>(new URL(import.meta.url), jobs())
  for (const task of tasksAsked()) {
    const ofTask = outcomes.filter((outcome) => outcome.task === task)
    console.log(`\n${tableOf(task, ofTask)}`)
    if (values.svg === undefined) continue
    const file = `${values.svg.replace(/\.svg$/, '')}-${task}.svg`
    writeFileSync(file, curvesOf(task, ofTask))
    console.log(file)
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(outcomes)}\n`)
}

if (isMainThread) await main()
else serve(workerData as SeedJob, train)

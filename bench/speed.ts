/**
 * How fast training is, beside straight C doing the same work on the same machine in the same
 * minutes: `npm run bench:speed -- [--rounds N] [--quick] [--updates N]`.
 *
 * `--conventions` measures instead every convention that a config can choose beside the default path,
 * per floating-point operation; `--only mask --only TRPO` names some of its rows, and
 * `--threads 1` leaves out what more threads gain.
 *
 * A piece of work takes less than a second, contenders take turns, and ratios are taken within each
 * round, so that a machine that slows down slows both. Absolute numbers say more about the machine.
 * `--quick` has fewer and shorter rounds; `--updates N` makes a piece of training N updates long and
 * all else as short.
 *
 * `npm run bench:memory -- [--steps N]` (`--memory` here) is instead the memory of one long run of
 * 5,000,000 steps: two charts, and what it has grown by between step 200,000 and the end.
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { conventions } from './speed/conventions.ts'
import { buildFloors } from './speed/floor.ts'
import { kernels } from './speed/kernels.ts'
import { memory } from './speed/memory.ts'
import { profile } from './speed/profile.ts'
import type { Effort } from './speed/rounds.ts'
import { scaling } from './speed/scaling.ts'
import { startup } from './speed/startup.ts'
import { training } from './speed/training.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    updates: { type: 'string' },
    quick: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    conventions: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '5000000' },
  },
})

const count = (name: string, text: string): number => {
  const n = Number(text)
  if (!(Number.isInteger(n) && n >= 1))
    throw new RangeError(`--${name}: expected a whole number >= 1, got ${text}`)
  return n
}

const effort = (): Effort => {
  const seconds = values.quick ? 0.15 : 0.4
  const updates = values.updates === undefined ? null : count('updates', values.updates)
  return {
    rounds: count('rounds', values.rounds ?? (values.quick ? '3' : '15')),
    seconds: updates === null ? seconds : Math.min(seconds, 0.01 * updates),
    updates,
  }
}

const speed = async (): Promise<void> => {
  const howMuch = effort()
  const model = cpus()[0]?.model ?? 'unknown CPU'
  console.log(`node ${process.version}, ${availableParallelism()} × ${model}`)
  const hasFloor = buildFloors()
  await training(howMuch, hasFloor)
  kernels(howMuch, hasFloor)
  scaling(howMuch)
  startup(howMuch)
  profile(howMuch)
  console.log(`\n${(performance.now() / 1000).toFixed(0)} s in all`)
}

if (values.memory) memory(count('steps', values.steps))
else if (values.conventions)
  await conventions(effort(), {
    only: values.only ?? null,
    threads: count('threads', values.threads),
  })
else await speed()

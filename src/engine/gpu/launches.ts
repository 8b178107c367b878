import type { GpuForm } from '../../kernel/form.ts'
import type { Device } from '../../kernel/gpu/device.ts'
import type { Numbers } from '../../tensor/tensor.ts'
import type { Run } from './deferred.ts'
import { launchOf, type Launch, type Step } from './launch.ts'

/** Multiplications and additions of one launch: with more of them a driver may look hung. */
const MAX_COST = 4e9

/** Rounds of one launch: gpu.js holds the kernels of each. */
const MAX_ROUNDS = 64

/** Multiplications and additions of forms, which are mostly those of sums of `inner` products. */
const costOf = (forms: readonly GpuForm[]): number =>
  forms
    .flatMap(({ fills }) => fills)
    .reduce((cost, { out, sizes = {} }) => cost + 2 * out.length * (sizes['inner'] ?? 1), 1)

/** The programs of a sequence of runs, which are `count` repetitions of them. */
interface Rounds {
  readonly programs: readonly (readonly Step[])[]
  readonly count: number
}

const roundsOf = (runs: readonly Run[]): Rounds => {
  const isRepeated = (length: number): boolean =>
    runs.length % length === 0 && runs.every(({ steps }, i) => steps === runs[i % length]!.steps)
  let length = 1
  while (!isRepeated(length)) length++
  const programs = runs.slice(0, length).map(({ steps }) => steps)
  return { programs, count: runs.length / length }
}

/**
 * How many rounds go into one launch: the largest divisor of all of them that keeps to the limits.
 *
 * @param cost of one round, in multiplications and additions
 */
export const perLaunch = (count: number, cost: number): number => {
  const most = Math.min(MAX_ROUNDS, MAX_COST / cost)
  let found = 1
  for (let n = 2; n <= most; n++) if (count % n === 0) found = n
  return found
}

/** Launches for sequences of the same runs. */
export interface Launches extends Omit<Launch, 'run'> {
  /** rounds in one launch */
  readonly rounds: number
  /** @throws RangeError when the runs are of other programs than those planned for */
  readonly run: (runs: readonly Run[]) => Promise<void>
}

/**
 * Plans launches for runs whose programs repeat.
 *
 * @param like runs of the programs that will be run
 * @param wanted arrays that the host reads after them
 */
export const launches = (
  device: Device,
  like: readonly Run[],
  wanted: readonly Numbers[],
): Launches => {
  const { programs, count } = roundsOf(like)
  const round = programs.flat()
  const rounds = perLaunch(count, costOf(round.map(({ form }) => form)))
  const steps = Array.from({ length: rounds }, () => round).flat()
  const { run, up, down, destroy } = launchOf(device, steps, wanted)
  const width = rounds * programs.length
  return {
    up,
    down,
    rounds,
    destroy,
    run: async (runs) => {
      const isPlanned = runs.every(({ steps }, i) => steps === programs[i % programs.length])
      if (!isPlanned || runs.length % width !== 0)
        throw new RangeError(
          `runs: expected a multiple of ${width} runs of the programs that the launches were planned for, got ${runs.length}${isPlanned ? '' : ' of other programs'}: plan launches for them`,
        )
      for (let from = 0; from < runs.length; from += width) {
        const live = runs.slice(from, from + width).flatMap((one) => one.live)
        await run(Float32Array.from(live))
      }
    },
  }
}

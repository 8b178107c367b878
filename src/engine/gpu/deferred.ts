import { js } from '../../kernel/js/js.ts'
import type { Device } from '../../kernel/gpu/device.ts'
import { kernelForm } from '../../kernel/gpu/kernelForms.ts'
import type { Numbers } from '../../tensor/tensor.ts'
import { countingArena } from '../arrays.ts'
import type { Entry, Program } from '../program.ts'
import { recorder } from '../recorder.ts'
import type { Runtime } from '../runtime.ts'
import { singleThread } from '../threadGroup.ts'
import { launchOf, type Launch, type Step } from './launch.ts'
import { costOf } from './cost.ts'

/** Multiplications and additions of one launch: more of them may look like a hanging driver. */
const LONGEST = 4e9

/** Rounds of one launch: each is written down, kernel by kernel. */
const MOST = 64

/** What runs of programs come to, in order. */
interface Run {
  readonly steps: readonly Step[]
  readonly live: readonly number[]
}

/** A runtime whose programs note their runs, for a device to do them. */
export interface Deferred {
  readonly runtime: Runtime
  /** names of operations recorded so far that have no form on a GPU, each once */
  readonly missing: () => readonly string[]
  /** The runs noted since it was last called. */
  readonly take: () => readonly Run[]
}

/** The forms of a program's entries; null where one has none. */
const stepsOf = (entries: readonly Entry[], miss: (name: string) => void): readonly Step[] =>
  entries.flatMap(({ name, args, form }) => {
    const found = form ?? kernelForm(name, args)
    if (found !== null) return [{ name, form: found() }]
    miss(name)
    return []
  })

/**
 * Records over arrays of f32 of the host, which a launch reads and writes. Running a program notes
 * that it is to run, with its live numbers of that moment, and returns the arrays it will fill.
 */
export const deferred = (name: string): Deferred => {
  const arrays = countingArena('f32')
  const { record } = recorder(name, 'f32', arrays, js.f32)
  const missing = new Set<string>()
  let runs: Run[] = []
  return {
    runtime: {
      group: singleThread,
      shared: arrays,
      own: arrays,
      record: <T>(f: Parameters<typeof record<T>>[0]): Program<T> => {
        const program = record(f)
        const steps = stepsOf(program.entries, (one) => missing.add(one))
        return {
          ...program,
          run: () => {
            runs.push({ steps, live: steps.flatMap(({ form }) => form.live?.read() ?? []) })
            return program.result
          },
        }
      },
    },
    missing: () => [...missing],
    take: () => {
      const all = runs
      runs = []
      return all
    },
  }
}

/** Runs that come again and again, in the same order. */
interface Rounds {
  readonly programs: readonly (readonly Step[])[]
  readonly count: number
}

const roundsOf = (runs: readonly Run[]): Rounds => {
  let length = 1
  while (
    runs.length % length !== 0 ||
    runs.some(({ steps }, i) => steps !== runs[i % length]!.steps)
  )
    length++
  const programs = runs.slice(0, length).map(({ steps }) => steps)
  return { programs, count: runs.length / length }
}

/** How many rounds go into one launch: a divisor of all. */
export const perLaunch = (count: number, cost: number): number => {
  const most = Math.min(MOST, LONGEST / cost)
  let found = 1
  for (let n = 2; n <= most; n++) if (count % n === 0) found = n
  return found
}

/** Launches for runs of always the same programs. */
export interface Launches {
  readonly up: number
  readonly down: number
  /** rounds in one launch */
  readonly rounds: number
  readonly run: (runs: readonly Run[]) => Promise<void>
  readonly destroy: Launch['destroy']
}

/**
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
  const launch = launchOf(device, steps, wanted)
  const width = rounds * programs.length
  return {
    up: launch.up,
    down: launch.down,
    rounds,
    run: async (runs) => {
      for (let from = 0; from < runs.length; from += width)
        await launch.run(
          Float32Array.from(runs.slice(from, from + width).flatMap(({ live }) => live)),
        )
    },
    destroy: launch.destroy,
  }
}

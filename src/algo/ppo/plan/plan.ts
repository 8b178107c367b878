import type { PlannedEnvironment } from './plannable.ts'
import type { Slot } from '../../../env/wrapper/vectorise.ts'
import { bytesOf, layOut, type Layout } from '../../../kernel/layout.ts'
import { scratchLength, type Maker, type Memory } from '../../../kernel/maker.ts'
import type { Key } from '../../../random/key.ts'
import { shardRange } from '../../shards.ts'
import type { PpoConfig } from '../config.ts'
import { plannedAct, type Acted } from './act.ts'
import {
  layArrays,
  layOwnLearner,
  layRecord,
  netSizes,
  type Arrays,
  type LearnerArrays,
  type OwnLearner,
  type Record,
  type Sizes,
} from './arrays.ts'
import type { Crew } from './crew.ts'
import { plannedLearn, type Explain, type LearnJob } from './learn.ts'
import { layNetworks, mostRows, type Networks, type Range } from './networks.ts'
import { controlLength, MESSAGE } from './signals.ts'

/** What all threads of a run have to agree on. */
export interface PlanSpec {
  readonly config: PpoConfig
  readonly sizes: Sizes
  /** threads */
  readonly size: number
  /** how many of them act; the others only learn */
  readonly actors: number
}

/** The worlds of a thread: whole shards of them, for those that act. */
export const ownWorlds = ({ config, actors }: PlanSpec, rank: number): Range => {
  if (rank >= actors) return [0, 0]
  const [first, end] = shardRange(config.shards, actors, rank)
  return [
    shardRange(config.envs, config.shards, first)[0],
    shardRange(config.envs, config.shards, end)[0],
  ]
}

const rowsOf = ([from, to]: Range): number => to - from

export interface Laid {
  readonly arrays: Arrays
  readonly control: Int32Array
  readonly message: Uint8Array
  readonly job: Float64Array
  readonly threads: ReadonlyArray<{
    readonly scratch: Float32Array
    readonly learner: OwnLearner
    readonly record: Record
    readonly networks: ReturnType<typeof layNetworks>
  }>
}

/** What a thread is told to do. */
export const JOBS = { act: 1, learn: 2, stop: 3 } as const

export interface Job extends LearnJob {
  readonly kind: number
}

const JOB_LENGTH = 8

export const writeJob = (
  to: Float64Array,
  { kind, key, learningRate, clip, valueClip, beta1Power, beta2Power }: Job,
) => to.set([kind, ...key.words, learningRate, clip, valueClip ?? NaN, beta1Power, beta2Power])

export const jobOf = (from: Float64Array): Job => ({
  kind: from[0]!,
  key: { words: [from[1]!, from[2]!] },
  learningRate: from[3]!,
  clip: from[4]!,
  // There is no number for none.
  valueClip: Number.isNaN(from[5]!) ? null : from[5]!,
  beta1Power: from[6]!,
  beta2Power: from[7]!,
})

const layoutOf =
  (spec: PlanSpec): Layout<Laid> =>
  (alloc) => {
    const { config, sizes, size, actors } = spec
    const arrays = layArrays(alloc, config, sizes, size)
    const { actor, critic } = netSizes(config, sizes)
    const width = Math.max(...actor, ...critic)
    return {
      arrays,
      control: alloc.i32(controlLength(size)),
      message: alloc.u8(MESSAGE),
      job: alloc.f64(JOB_LENGTH),
      threads: Array.from({ length: size }, (_, rank) => {
        const learner = layOwnLearner(alloc, config, sizes, arrays, rank)
        const thread = { rank, size }
        return {
          learner,
          scratch: alloc.f32(scratchLength(mostRows(config, thread, actors), width)),
          record: layRecord(alloc, config, sizes, rowsOf(ownWorlds(spec, rank))),
          networks: layNetworks(alloc, config, sizes, arrays, learner, thread, actors),
        }
      }),
    }
  }

/** Memory for a plan, zeroed. */
export const planMemory = (maker: Maker, spec: PlanSpec, shared: boolean): Memory =>
  maker.memory(bytesOf(layoutOf(spec), maker.reserved), shared)

/** The arrays of a plan in its memory, the same for every thread. */
export const layPlan = (maker: Maker, spec: PlanSpec, memory: Memory): Laid =>
  layOut(layoutOf(spec), memory, maker.reserved)

/** What one thread does. */
export interface Program<S> {
  readonly act: (key: Key, slots: ReadonlyArray<Slot<S>>) => Acted<S>
  readonly learn: (job: LearnJob) => void
}

/** The program of one thread over the arrays of a plan; without a world it does not act. */
export const program = <S>(
  maker: Maker,
  spec: PlanSpec,
  memory: Memory,
  { arrays, threads }: Laid,
  env: PlannedEnvironment<S> | null,
  crew: Crew,
  explain: Explain,
  alive: () => void = () => undefined,
): Program<S> => {
  const { scratch, learner, record, networks } = threads[crew.rank]!
  const arithmetic = maker.over(memory, scratch)
  const nets: Networks = networks(arithmetic)
  const { config, sizes } = spec
  // All threads take the same steps from the same learner, so none has to be sent what they made.
  const begin = (fields: ReadonlyArray<keyof LearnerArrays>): void => {
    if (crew.rank > 0) for (const field of fields) learner[field].set(arrays.learner[field])
  }
  const act =
    env === null
      ? null
      : plannedAct(config, env, record, arrays.sight, nets, ownWorlds(spec, crew.rank), alive)
  const learn = plannedLearn(config, arithmetic, arrays, learner, nets, crew, sizes, explain)
  return {
    act: (key, slots) => {
      begin(['params'])
      return act?.(key, slots) ?? { slots: [], observation: new Float32Array(0), episodes: [] }
    },
    learn: (job) => {
      begin(['params', 'm', 'v'])
      learn(job)
    },
  }
}

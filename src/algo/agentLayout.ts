import type { Runtime } from '../engine/runtime.ts'
import { controlLength, MESSAGE } from '../engine/signals.ts'
import type { Key } from '../random/key.ts'
import { acting, type Act } from './acting.ts'
import { layBuffer, type RolloutBuffer } from './buffer.ts'
import { layLearner, type LaidLearner } from './laidLearner.ts'
import { layStats, type ObservationStats } from './observationStats.ts'
import type { Policy, PolicyConfig, PolicyParams } from './policy.ts'
import { liveRates, type LiveRates, type Rates } from './rates.ts'
import { laySamples, type AgentEnv, type Fields, type LossFields, type Samples } from './samples.ts'
import { shardRange } from './shards.ts'

/** The part of a config that determines the layout of an agent. */
export interface LayoutConfig extends PolicyConfig, LossFields {
  readonly envs: number
  readonly steps: number
  /** number of parts that environments and minibatches are split into */
  readonly shards: number
}

/** The ingredients of an agent of any algorithm. */
export interface AgentSpec<O> {
  readonly config: LayoutConfig
  readonly env: AgentEnv
  readonly policy: Policy
  /** threads that act; the others only learn */
  readonly actors: number
  readonly fields: Fields
  /** a learner of the same form */
  readonly like: { readonly params: PolicyParams; readonly optim: O }
}

/** An order to all threads: what to do, with which key and rates. */
export interface Job {
  readonly kind: JobKind
  readonly key: Key
  readonly rates: Rates
}

const JOBS = ['stop', 'act', 'learn'] as const

type JobKind = (typeof JOBS)[number]

/** The arrays of an agent. */
export interface AgentLayout<O> {
  /** of each thread that acts */
  readonly buffers: readonly RolloutBuffer[]
  readonly stats: ObservationStats | null
  readonly learner: LaidLearner<O>
  /** what an update learns from */
  readonly batch: Samples
  readonly rates: LiveRates
  /** numbers of an order, written by the caller's thread */
  readonly job: Float64Array
  readonly control: Int32Array
  readonly message: Uint8Array
  readonly act: Act | null
}

const JOB_LENGTH = 8

export const writeJob = (to: Float64Array, { kind, key, rates }: Job): void =>
  to.set([
    JOBS.indexOf(kind),
    ...key.words,
    rates.learningRate,
    rates.valueLearningRate ?? NaN,
    rates.clip,
    rates.valueClip ?? NaN,
    rates.beta,
  ])

// Stands for "none".
const orNull = (x: number): number | null => (Number.isNaN(x) ? null : x)

export const readJob = (from: Float64Array): Job => ({
  kind: JOBS[from[0]!]!,
  key: { words: [from[1]!, from[2]!] },
  rates: {
    learningRate: from[3]!,
    valueLearningRate: orNull(from[4]!),
    clip: from[5]!,
    valueClip: orNull(from[6]!),
    beta: from[7]!,
  },
})

/** The environments of a thread: whole shards of them, for those that act. */
export const ownEnvs = (
  { envs, shards }: Pick<LayoutConfig, 'envs' | 'shards'>,
  actors: number,
  rank: number,
): readonly [from: number, to: number] => {
  if (rank >= actors) return [0, 0]
  const [first, end] = shardRange(shards, actors, rank)
  return [shardRange(envs, shards, first)[0], shardRange(envs, shards, end)[0]]
}

/** Lays out an agent, and records how its thread acts. */
export const layAgent = <O>(
  runtime: Runtime,
  { config, env, policy, actors, fields, like }: AgentSpec<O>,
): AgentLayout<O> => {
  const { group, shared } = runtime
  const { envs, steps } = config
  const control = shared.integers(controlLength(group.size))
  const message = shared.bytes(MESSAGE)
  const job = shared.doubles(JOB_LENGTH)
  const stats = layStats(shared, config.normalise, env.observationSpace.size)
  const buffers = Array.from({ length: actors }, (_, rank) => {
    const [from, to] = ownEnvs(config, actors, rank)
    return layBuffer(shared, env, steps, to - from, stats !== null)
  })
  const batch = laySamples(fields, envs * steps, shared)
  const learner = layLearner(runtime, like)
  const act =
    group.rank < actors
      ? acting(runtime, {
          env,
          policy,
          params: learner.params,
          buffer: buffers[group.rank]!,
          stats,
          steps,
          envs,
          range: ownEnvs(config, actors, group.rank),
        })
      : null
  return { buffers, stats, learner, batch, rates: liveRates(), job, control, message, act }
}

import type { Arithmetic } from '../../../kernel/kernels.ts'
import type { Alloc } from '../../../kernel/layout.ts'
import type { PlannedDistribution } from '../../../distribution/planned.ts'
import { layCategorical, plannedCategorical } from '../../../distribution/plannedCategorical.ts'
import {
  layGaussian,
  plannedGaussian,
  type FreeLogStd,
} from '../../../distribution/plannedGaussian.ts'
import {
  layMlp,
  paramCount,
  plannedMlp,
  type PlannedMlp,
  type Shard,
} from '../../../nn/plannedMlp.ts'
import type { PpoConfig } from '../config.ts'
import { shardRange } from '../../shards.ts'
import { netSizes, type Arrays, type LearnerArrays, type Sizes } from './arrays.ts'
import type { Crew } from './crew.ts'

/** [from, to) */
export type Range = readonly [number, number]

/** What is this thread's of n rows cut into shards: its shards are neighbours. */
export const ownShards = (
  { shards }: PpoConfig,
  { rank, size }: Pick<Crew, 'rank' | 'size'>,
): Range => shardRange(shards, size, rank)

export const ownRows = (config: PpoConfig, crew: Pick<Crew, 'rank' | 'size'>, n: number): Range => {
  const [first, end] = ownShards(config, crew)
  return [shardRange(n, config.shards, first)[0], shardRange(n, config.shards, end)[0]]
}

/** Most rows that go through the networks of a thread at once. */
export const mostRows = (
  config: PpoConfig,
  crew: Pick<Crew, 'rank' | 'size'>,
  actors: number,
): number => {
  const [from, to] = ownRows(config, crew, (config.envs * config.steps) / config.minibatches)
  const acting = crew.rank < actors ? config.envs : 0
  return Math.max(to - from, acting, 1)
}

/** Both networks and the distribution, over the rows of one thread. */
export interface Networks {
  /** [rows, feature], what both networks read */
  readonly x: Float32Array
  readonly actor: PlannedMlp
  readonly critic: PlannedMlp
  readonly dist: PlannedDistribution
  readonly maxRows: number
}

/** The arrays of a distribution, and how they become one over a network's outputs. */
const layDistribution = (
  alloc: Alloc,
  { kind, outputs, free, actions }: Sizes,
  maxRows: number,
  logStd: FreeLogStd,
): ((arithmetic: Arithmetic, out: Float32Array) => PlannedDistribution) => {
  if (kind === 'categorical') {
    const laid = layCategorical(alloc, maxRows, outputs)
    return (arithmetic, out) => plannedCategorical(arithmetic, laid, out, outputs, maxRows)
  }
  const laid = layGaussian(alloc, maxRows, actions, free === 0 ? null : logStd)
  return (arithmetic, out) => plannedGaussian(arithmetic, laid, out, actions, maxRows)
}

/** The arrays of the networks of one thread, and how they become functions. */
export const layNetworks = (
  alloc: Alloc,
  config: PpoConfig,
  sizes: Sizes,
  { grads }: Arrays,
  { params }: LearnerArrays,
  crew: Pick<Crew, 'rank' | 'size'>,
  actors: number,
): ((arithmetic: Arithmetic) => Networks) => {
  const nets = netSizes(config, sizes)
  const maxRows = mostRows(config, crew, actors)
  const n = (config.envs * config.steps) / config.minibatches
  const [ownFrom] = ownRows(config, crew, n)
  const [firstShard, endShard] = ownShards(config, crew)
  const actorEnd = paramCount(nets.actor)
  const criticFrom = actorEnd + sizes.free
  const shardsOver = (from: number, to: number): readonly Shard[] =>
    Array.from({ length: endShard - firstShard }, (_, i) => {
      const shard = firstShard + i
      const [rowFrom, rowTo] = shardRange(n, config.shards, shard)
      return {
        from: rowFrom - ownFrom,
        rows: rowTo - rowFrom,
        grads: grads.map((turn) => turn[shard]!.subarray(from, to)),
      }
    })
  const x = alloc.f32(maxRows * sizes.observations)
  const actor = layMlp(
    alloc,
    nets.actor,
    maxRows,
    x,
    params.subarray(0, actorEnd),
    shardsOver(0, actorEnd),
  )
  const critic = layMlp(
    alloc,
    nets.critic,
    maxRows,
    x,
    params.subarray(criticFrom),
    shardsOver(criticFrom, params.length),
  )
  const distribution = layDistribution(alloc, sizes, maxRows, {
    logStd: params.subarray(actorEnd, criticFrom),
    shards: shardsOver(actorEnd, criticFrom),
  })
  return (arithmetic) => {
    const plannedActor = plannedMlp(arithmetic, actor)
    return {
      x,
      actor: plannedActor,
      critic: plannedMlp(arithmetic, critic),
      dist: distribution(arithmetic, plannedActor.out),
      maxRows,
    }
  }
}

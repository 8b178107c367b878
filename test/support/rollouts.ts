import { init, parts, type PpoConfig } from '../../src/algo/ppo/index.ts'
import { auditing } from '../../src/distributed/audit.ts'
import { computing, type Compute } from '../../src/distributed/compute.ts'
import { findIn } from '../../src/distributed/places.ts'
import type { ShardExecutor } from '../../src/distributed/runShards.ts'
import { shardedRollout } from '../../src/distributed/shardedRollout.ts'
import * as E from 'fp-ts/lib/Either.js'
import { cartPole } from '../../src/env/index.ts'
import * as safetensors from '../../src/format/safetensors.ts'
import { key } from '../../src/random/index.ts'
import { own } from '../../src/tensor/tensor.ts'
import { small } from './runs.ts'

export const settings: PpoConfig = { ...small, envs: 3 }
const made = parts(settings, cartPole)
const start = init(made)(key(1))

/** The hash of a run of no other test. */
export const runNamed = (name: string): string =>
  Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)

/** Computes any shard honestly, in this thread. */
export const honest: Compute = computing(findIn([]))

/** Computes well-formed payloads that claim other rewards. */
export const falseRewards: Compute = async (shard) => {
  const opened = safetensors.decode(await honest(shard))
  if (E.isLeft(opened)) throw new Error(opened.left)
  return safetensors.encode(
    [...opened.right].map(([name, { shape, data }]) => [
      name,
      own<string[]>(
        shape.map((_, d) => `d${d}`),
        [...shape],
        name === 'reward' ? (data as Float32Array).map((x) => x + 1) : data,
      ),
    ]),
  )
}

/** One rollout of a small run, whose environments are cut into three shards. */
export const rolled = (executor: ShardExecutor, run: string, share = 0) =>
  shardedRollout({
    executor,
    spec: { env: { name: 'cartpole' }, algorithm: 'ppo', settings, shards: 3 },
    env: cartPole,
    run: runNamed(run),
    audit: auditing(share, key(7)),
  })(
    start.learner.params,
    key(2),
  )(start.envState)

/** That rollout in this process alone. */
export const alone = () => made.rollout(start.learner.params, key(2))(start.envState)

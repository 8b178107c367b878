import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { blobOf } from '../../src/distributed/blob.ts'
import { onRedis } from '../../src/distributed/redis/executor.ts'
import { runShards } from '../../src/distributed/runShards.ts'
import type { Shard } from '../../src/distributed/shard.ts'
import type { RedisServer } from '../../test/support/redisServer.ts'
import { median, quantile } from './quantiles.ts'

/** What a shard costs beside its computation, in seconds. */
export interface Service {
  readonly bytes: number
  /** from asking for one shard to its result, at the median and in the worst tenth */
  readonly overhead: number
  readonly overhead90: number
  /** processor time of Redis a shard */
  readonly redis: number
  /** processor time of the learner a shard */
  readonly learner: number
}

/** Shards that are asked for together. */
const BATCH = 50

const ECHO = fileURLToPath(new URL('./echo.js', import.meta.url))

const shardOf = (iteration: number, index: number, bytes: number): Shard => ({
  kind: 'rollout',
  run: 'be'.repeat(32),
  iteration,
  index,
  key: { words: [0, 0] },
  spec: blobOf(Uint8Array.from([1])),
  params: blobOf(new Uint8Array(40_000).fill(iteration % 251)),
  states: blobOf(new Uint8Array(500).fill(index % 251)),
  largest: 2 * bytes + 1000,
})

const redisSeconds = async (server: RedisServer): Promise<number> => {
  const client = server.client()
  const info = await client.info('cpu')
  client.disconnect()
  return [...info.matchAll(/used_cpu_(?:user|sys):([\d.]+)/g)].reduce(
    (sum, [, seconds]) => sum + Number(seconds),
    0,
  )
}

/** Measures with one worker that answers at once: `rounds` shards alone, and as many side by side. */
export const measure = async (
  server: RedisServer,
  bytes: number,
  rounds: number,
): Promise<Service> => {
  const echo = fork(ECHO, [server.url, String(bytes)])
  await new Promise((resolve) => echo.once('message', resolve))
  const executor = await onRedis({ url: server.url })
  const ask = (shards: readonly Shard[]): Promise<unknown> =>
    runShards(executor, shards, (payload) => E.right(payload.length))
  for (let i = 0; i < 20; i++) await ask([shardOf(i, 0, bytes)])
  const times: number[] = []
  for (let i = 20; i < 20 + rounds; i++) {
    const started = performance.now()
    await ask([shardOf(i, 0, bytes)])
    times.push((performance.now() - started) / 1000)
  }
  const cpu = process.cpuUsage()
  const before = await redisSeconds(server)
  for (let i = 0; i < rounds; i += BATCH)
    await ask(Array.from({ length: BATCH }, (_, index) => shardOf(1000 + i, index, bytes)))
  const after = await redisSeconds(server)
  const { user, system } = process.cpuUsage(cpu)
  await executor.close()
  echo.kill('SIGKILL')
  return {
    bytes,
    overhead: median(times),
    overhead90: quantile(times, 0.9),
    redis: (after - before) / rounds,
    learner: (user + system) / 1e6 / rounds,
  }
}
